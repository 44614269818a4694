#include "intake/failure.h"
#include "intake/failure_words.h"

#define NOT_THERE "neither index nor page has torch{1} for this Python and platform"

const struct failure failures_install[] = {
	/* --- no file fits (compatibility, 1.1, 4 and E21) */
	{.id = "compatibility 1.1",
	 .pattern = "is not a supported wheel on this platform",
	 .code = "no-wheel",
	 .because = "the file is for another Python or another platform than this one",
	 .proof = "pip debug --verbose lists the tags that fit; the file's name has its own",
	 .fix = "the wheel with this Python's tag (cpXY), or the Python of the wheel"},
	{.id = "compatibility 4",
	 .pattern = "Could not find a version that satisfies the requirement torch{s}|"
		    "Could not find a version that satisfies the requirement torch (from",
	 .code = "no-wheel",
	 .because = "the index has no torch{1} for this Python and platform",
	 .proof = "the versions that pip lists behind it; python --version",
	 .fix = "a version that the index has for this Python; torch's +cuNNN versions only from "
		"https://download.pytorch.org/whl/cuNNN, the extensions' wheels only from -f " PAGE},
	{.id = "compatibility 4",
	 .pattern = "No matching distribution found for torch{s}|No matching distribution found for torch",
	 .code = "no-wheel",
	 .rank = CAUSE_FOLLOWS,
	 .because = NOT_THERE,
	 .proof = "open the page; python --version",
	 .fix = "cudabuild explain with these versions names the nearest that exist"},
	{.id = "compatibility 7",
	 .pattern = "No matching distribution found for nvidia-{s}",
	 .code = "no-wheel",
	 .because = "torch asks for nvidia-{1}, and the index that is asked does not have it",
	 .proof = "open the index: does it list nvidia-{1} for this Python and platform?",
	 .fix = "let pip see PyPI too (--extra-index-url with its address), or a mirror that is whole"},
	{.id = "compatibility 4",
	 .pattern = "Because there is no version of torch{s} and|Because torch{s} was not found in|"
		    "Because there are no versions of torch{s} and",
	 .code = "no-wheel",
	 .because = NOT_THERE,
	 .proof = "uv pip install -v shows the pages it read; python --version",
	 .fix = "+cuNNN versions only from https://download.pytorch.org/whl/cuNNN (uv: --torch-backend, or an index of "
		"that name); cudabuild explain with these versions names the nearest that exist"},
	{.id = "compatibility 1.1",
	 .pattern = "torch{s} has no wheels with a matching {*} tag",
	 .code = "no-wheel",
	 .because = "torch{1} has no wheel for this Python or this platform ({2} tag)",
	 .proof = "python --version; uname -m",
	 .fix = "a Python that it has wheels for, or another version: cudabuild explain --python names them"},
	{.id = "compatibility 4",
	 .pattern = "Unable to find installation candidates for torch{*}({s}",
	 .code = "no-wheel",
	 .because = "no source that poetry asks has a file of torch{1}{2} for this Python and platform",
	 .proof = "poetry source show; python --version",
	 .fix = "add the index of that variant as a source (https://download.pytorch.org/whl/cuNNN), and lock again"},
	{.id = "compatibility 3.3",
	 .pattern = "PackagesNotFoundError: {*}pytorch-{w}",
	 .code = "no-wheel",
	 .because = "the conda channels have no pytorch-{2}: the channel pyg ends with torch 2.5",
	 .proof = "conda search -c pyg pytorch-{2}",
	 .fix = "with torch up to 2.5 add -c pyg; with a newer one install the wheels by pip: " PAGE},
	{.id = "compatibility 3.3",
	 .pattern = "nothing provides {*}needed by pytorch-{w}",
	 .code = "no-wheel",
	 .because = "conda has no pytorch-{2} for this torch, CUDA and Python together",
	 .proof = "conda search -c pyg pytorch-{2} --info",
	 .fix = "the versions that it was built for, or the wheels by pip: " PAGE},
	{.id = "compatibility 3.3",
	 .pattern = "UnsatisfiableError: The following specifications were found to be incompatible|"
		    "LibMambaUnsatisfiableError: Encountered problems while solving",
	 .code = "no-wheel",
	 .rank = CAUSE_FOLLOWS,
	 .needs = WITNESS_TORCH,
	 .because = "conda's channels have no set of packages that is all of what was asked for: mostly pytorch, "
		    "pytorch-cuda and Python of versions that were never built together",
	 .proof = "the lines behind it; conda search with each of them and --info",
	 .fix = "cudabuild explain with these versions says which fit; torch and extensions by pip need no channel"},
	{.id = "compatibility 1.1",
	 .pattern = "'torch{w}' requires a different Python: {v} not in '{*}'",
	 .code = "python-unsupported",
	 .because = "torch{1} is for Python {3}, and this is Python {2}",
	 .proof = "python --version",
	 .fix = "another Python, or an older version of torch{1}: cudabuild explain --python {2} names it"},
	{.id = "E21",
	 .pattern = "Building wheel{*} for torch{w} (|Running setup.py {*}install for torch{w}|"
		    "Running setup.py {*}bdist_wheel for torch{w}",
	 .code = "no-wheel",
	 .rank = CAUSE_FOLLOWS,
	 .refine = REFINE_EXTENSION,
	 .because = "no wheel matched, so pip compiles torch{2} from source: a page that does not exist gives no "
		    "wheel, and pip goes on silently",
	 .proof = "open the -f page: does it exist and list this version, Python and platform?",
	 .fix = NO_WHEEL_BUILD},
	{.id = "E21",
	 .pattern = "Failed building wheel for torch{w}|Could not build wheels for torch{w}|Failed to build torch{w}|"
		    "Failed to build 'torch{w}|Failed to download and build 'torch{w}",
	 .code = "no-wheel",
	 .rank = CAUSE_FOLLOWS,
	 .refine = REFINE_EXTENSION,
	 .because = "no wheel of torch{1} matched, so it was compiled from source, and that failed",
	 .proof = "the first error above that line; open the -f page: does it exist and list this version, Python and "
		  "platform?",
	 .fix = NO_WHEEL_BUILD},

	{.id = "compatibility 4",
	 .pattern = "Could not fetch URL {s}: 404 Client Error|Could not fetch URL {s}: 403 Client Error|"
		    "HTTP error 404 while getting {s}|HTTP error 403 while getting {s}|"
		    "Failed to read '--find-links' URL: {s}",
	 .code = "no-wheel",
	 .refine = REFINE_IMAGE,
	 .because = "there is no page or file at {1}",
	 .proof = "open it; https://data.pyg.org/whl/ lists the pages",
	 .fix = "a page that is there: " PAGE
		" (always X.Y.0, a cuNNN that this torch has, with .html); cudabuild explain "
		"with these versions names it"},
	{.id = "compatibility 7",
	 .pattern = "requires torch=={s}, but you have torch {s} which is incompatible",
	 .code = "torch-version-mismatch",
	 .because = "a package that pip names is built for torch {1}, and torch {2} is installed now: another package "
		    "has replaced it",
	 .proof = "pip list | grep torch; pip check",
	 .fix = "install all of them in one command with torch pinned, or that package's release for torch {2}; then "
		"the "
		"extensions of that torch"},
	{.id = "compatibility 7",
	 .pattern = "Cannot install {*}torch{*} because these package versions have conflicting dependencies",
	 .code = "torch-version-mismatch",
	 .because = "the packages that are asked for want different releases of torch",
	 .proof = "the lines behind it (\"depends on torch\") name them",
	 .fix = "releases that go together: torch 2.N with torchvision 0.(N+15) and torchaudio 2.N, all of one index"},
	{.id = "compatibility 7",
	 .pattern = "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE",
	 .code = "hash-mismatch",
	 .needs = WITNESS_TORCH,
	 .because = "a file is not the one that was locked: it was built again under its name, a mirror or proxy "
		    "changed it, or its download was cut short",
	 .proof = "pip download without hashes, and sha256sum of that file from another place",
	 .fix = "cudabuild generate --update after a look at who changed it; pip --no-cache-dir where a download was "
		"cut"},

	/* --- the environment refuses */
	{.id = "PEP 668",
	 .pattern = "externally-managed-environment",
	 .code = "externally-managed-environment",
	 .because = "the system's Python belongs to the distribution (Debian 12, Ubuntu 23.04 and newer), and pip does "
		    "not write into it",
	 .proof = "ls $(python3 -c \"import sysconfig; print(sysconfig.get_path('stdlib'))\")/EXTERNALLY-MANAGED",
	 .fix = "python3 -m venv /opt/venv, and its pip; in an image of its own --break-system-packages will do"},
	{.pattern = NULL},
};
