# project.bash — small projects for the end-to-end tests: torch wheels as files of a folder, stand-in bases, and a template whose
# Dockerfile builds in a moment without any network.
# shellcheck shell=bash

# wheel FOLDER NAME-VERSION-TAGS.whl: a wheel whose content no test looks at.
wheel() {
	mkdir -p "$1"
	printf 'wheel %s\n' "$2" >"$1/$2"
}

# project DIR [LINE...]: torch 2.7.1 for CUDA 12.8 on a stand-in base, both pinned; lines are added to the manifest.
project() {
	local dir=$1 line
	shift
	mkdir -p "$dir/templates"
	wheel "$dir/wheels" torch-2.7.1+cu128-cp310-cp310-manylinux_2_28_x86_64.whl
	wheel "$dir/wheels" torch-2.7.1+cu126-cp310-cp310-manylinux_2_28_x86_64.whl
	cat >"$dir/cudabuild.yaml" <<-EOM
		schema: 1
		name: small
		torch: "2.7.1"
		os: ubuntu22.04
		templates: templates
		sources: {images: [$E2E_REGISTRY/nvidia/cuda], os_images: $E2E_REGISTRY/library, torch: wheels}
	EOM
	printf 'cuda: "12.8"\n' >"$dir/cuda"
	for line; do printf '%s\n' "$line"; done >"$dir/lines"
	grep -qE '^(cuda|variants):' "$dir/lines" || cat "$dir/cuda" >>"$dir/cudabuild.yaml"
	cat "$dir/lines" >>"$dir/cudabuild.yaml"
	rm "$dir/cuda" "$dir/lines"
	template "$dir"
}

# template DIR [LINE...]: the Dockerfile template: the base, the given lines, and what the plan says about the image.
template() {
	local dir=$1
	shift
	{
		cat <<-'EOT'
			{{>header}}
			FROM {{base}}
		EOT
		[ $# -eq 0 ] || printf '%s\n' "$@"
		cat <<-'EOT'
			ENV NVIDIA_REQUIRE_CUDA={{require.docker}}
			WORKDIR {{app.workdir.docker}}
			{{#app.copy}}
			COPY [{{source.copy}}, {{target.copy}}]
			{{/app.copy}}
			{{#labels}}
			LABEL {{key}}={{text.docker}}
			{{/labels}}
			USER {{app.user}}
			ENTRYPOINT []
			CMD {{app.command.json}}
		EOT
	} >"$dir/templates/Dockerfile.mustache"
}

# digest_of TAG [ARCH]: the digest that the private registry serves for a stand-in's platform.
digest_of() {
	curl -sS -H 'Accept: application/vnd.docker.distribution.manifest.list.v2+json' \
		"http://$E2E_REGISTRY/v2/nvidia/cuda/manifests/$1" |
		jq -r --arg arch "${2:-amd64}" '.manifests[] | select(.platform.architecture == $arch) | .digest'
}
