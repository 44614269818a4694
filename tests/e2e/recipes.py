#!/usr/bin/env python3
"""recipes.py check KIND FILE: the recipe keeps the rules of GitHub or GitLab: keys, references, contexts of expressions.
recipes.py run KIND FILE JOB --repository DIR --work DIR [--var N=V] [--secret N=V] [--set N=V] [--event NAME] [--variant NAME]

`run` does what a runner does with one job, for each row of its matrix: a clean clone, the environment, the shell steps in
order, the files that are uploaded. Its exit status is that of the first step that failed. What it cannot do as the CI
does is named where it stands: actions other than checkout and upload, a job's image and services (the engine of
DOCKER_HOST plays docker:dind), the choice of a runner."""
import argparse
import glob
import itertools
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import yaml

JUNIT = {"testsuites", "testsuite", "testcase", "failure", "error", "skipped", "system-out", "system-err", "properties", "property"}


class Loader(yaml.SafeLoader):
    """YAML 1.2's booleans (`on` is a text to GitHub), and no key twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        need(len(keys) == len(set(keys)), "line %d: a key twice: %s" % (node.start_mark.line + 1, keys))
        return super().construct_mapping(node, deep)


Loader.yaml_implicit_resolvers = {k: [r for r in v if r[0] != "tag:yaml.org,2002:bool"] for k, v in Loader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def need(true, why):
    if not true:
        sys.exit("recipes.py: " + why)


def only(where, keys, allowed):
    left = set(keys) - set(allowed.split())
    need(not left, "%s: unknown keys: %s" % (where, sorted(left)))


def texts(where, value):
    need(isinstance(value, list) and value and all(isinstance(v, str) for v in value), "%s: not a list of texts: %r" % (where, value))


def cycle_free(needs):
    left = dict(needs)
    while left:
        ready = [name for name in left if not any(n in left for n in left[name])]
        need(ready, "jobs that wait for each other: %s" % sorted(left))
        for name in ready:
            del left[name]


# --- GitHub -------------------------------------------------------------------------------------------------------------

# Which contexts GitHub knows where (its page "Contexts": context availability).
CONTEXTS = {
    "concurrency": "github inputs vars", "env": "github secrets inputs vars", "job.if": "github needs vars inputs",
    "job.runs-on": "github needs strategy matrix vars inputs", "job.env": "github needs strategy matrix vars secrets inputs",
    "step.if": "github needs strategy matrix job runner env vars steps inputs",
    "step.with": "github needs strategy matrix job runner env vars secrets steps inputs",
}
TOKEN = re.compile(r"\s*(?:(&&|==|!=|always\(\))|'([^']*)'|([a-z]+)\.([A-Za-z_]+))")


def tokens(expression):
    at = 0
    while at < len(expression.rstrip()):
        found = TOKEN.match(expression, at)
        need(found, "an expression that this checker does not know: " + expression)
        yield found
        at = found.end()


def names(value, bare):
    """The context names in the expressions of a value; bare: the text itself is one, as that of `if`."""
    if isinstance(value, dict):
        value = list(value.values())
    for text in value if isinstance(value, list) else [value]:
        for expression in [text] if bare else re.findall(r"\${{(.*?)}}", str(text)):
            yield from ((t.group(3), t.group(4)) for t in tokens(expression) if t.group(3))


def check_names(where, place, value, matrix=()):
    for context, name in names(value, place.endswith(".if")):
        need(context in CONTEXTS[place].split(), "%s: GitHub knows no '%s' in %s" % (where, context, place))
        need(context != "matrix" or name in matrix, "%s: the matrix has no '%s'" % (where, name))


def rows(matrix):
    """The jobs of a matrix of either CI."""
    if isinstance(matrix, list):
        return [dict(zip(m, row)) for m in matrix for row in itertools.product(*(v if isinstance(v, list) else [v] for v in m.values()))]
    matrix = dict(matrix)
    more = matrix.pop("include", [])
    return (rows([matrix]) if matrix else []) + more


def check_step(where, step, matrix):
    only(where, step, "id if name uses run working-directory shell with env continue-on-error timeout-minutes")
    need(("uses" in step) + ("run" in step) == 1, where + ": neither or both of `uses` and `run`")
    need("${{" not in step.get("run", ""), where + ": an expression within a shell line can become code")
    if "if" in step:
        check_names(where, "step.if", step["if"], matrix)
    check_names(where, "step.with", step.get("with", {}), matrix)
    if "uses" in step:
        need(step["uses"] in ("actions/checkout@v4", "actions/upload-artifact@v4"), where + ": unknown action " + step["uses"])
    if step.get("uses", "").startswith("actions/upload-artifact"):
        only(where, step["with"], "name path if-no-files-found retention-days compression-level overwrite include-hidden-files")
        need(step["with"].get("if-no-files-found", "warn") in ("warn", "error", "ignore"), where + ": if-no-files-found")


def check_github(recipe):
    only("workflow", recipe, "name run-name on permissions env defaults concurrency jobs")
    only("on", recipe["on"], "push pull_request workflow_dispatch")
    need(all(v in ("read", "write", "none") for v in recipe["permissions"].values()), "permissions")
    only("permissions", recipe["permissions"], "actions checks contents packages pull-requests")
    only("concurrency", recipe["concurrency"], "group cancel-in-progress")
    check_names("concurrency", "concurrency", recipe["concurrency"])
    check_names("env", "env", recipe["env"])
    jobs, uploads = recipe["jobs"], []
    needs = {}
    for name, job in jobs.items():
        need(re.fullmatch("[A-Za-z_][A-Za-z0-9_-]*", name), "a job's name: " + name)
        only(name, job, "name permissions needs if runs-on environment concurrency outputs env defaults steps timeout-minutes strategy")
        only(name + ".strategy", job.get("strategy", {}), "matrix fail-fast max-parallel")
        waits = job.get("needs", [])
        needs[name] = [waits] if isinstance(waits, str) else waits
        need(set(needs[name]) <= set(jobs), name + ": needs a job that is not there")
        all_rows = rows(job["strategy"]["matrix"]) if "strategy" in job else [{}]
        need(0 < len(all_rows) <= 256, "%s: %d rows" % (name, len(all_rows)))
        keys = set.intersection(*(set(row) for row in all_rows))
        if "if" in job:
            check_names(name, "job.if", job["if"], keys)
        check_names(name, "job.runs-on", job["runs-on"], keys)
        check_names(name, "job.env", job.get("env", {}), keys)
        for number, step in enumerate(job["steps"], 1):
            check_step("%s, step %d" % (name, number), step, keys)
            if "upload" in step.get("uses", ""):
                uploads += [fill(step["with"]["name"], {"matrix": row}) for row in all_rows]
    cycle_free(needs)
    need(len(uploads) == len(set(uploads)), "two uploads of one name, which GitHub refuses: %s" % uploads)


def truth(expression, contexts):
    """Whether an `if` holds: comparisons with texts and always(), joined by &&. Without a word of status: success()."""
    for part in expression.split("&&"):
        found = list(tokens(part))
        if [t.group(1) for t in found] == ["always()"]:
            continue
        need(len(found) == 3 and found[1].group(1) in ("==", "!="), "an expression that this checker does not know: " + expression)
        left, right = ("" if t.group(3) and t.group(4) not in contexts.get(t.group(3), {}) else
                       contexts[t.group(3)][t.group(4)] if t.group(3) else t.group(2) for t in (found[0], found[2]))
        if (left.lower() == right.lower()) != (found[1].group(1) == "=="):
            return False
    return True


def fill(text, contexts):
    return re.sub(r"\${{\s*([a-z]+)\.([A-Za-z_]+)\s*}}", lambda m: contexts.get(m.group(1), {}).get(m.group(2), ""), str(text))


def upload(what, patterns, folder, missing):
    files = sorted(f for p in patterns for f in glob.glob(os.path.join(folder, p)))
    print("upload %s: %s" % (what, " ".join(os.path.basename(f) for f in files) or "nothing"), flush=True)
    for file in files:
        if file.endswith(".xml"):
            check_junit(file)
    need(files or missing != "error", "nothing to upload")


def check_junit(file):
    root = ET.parse(file).getroot()
    need(root.tag == "testsuites", "%s: begins with %s" % (file, root.tag))
    only(file, (e.tag for e in root.iter()), " ".join(JUNIT))
    for suite in root:
        cases = suite.findall("testcase")
        for name, found in (("tests", len(cases)), *((n, sum(c.find(t) is not None for c in cases)) for n, t in
                            (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")))):
            need(int(suite.get(name, found)) == found, "%s: %s %s, and %d there" % (file, name, suite.get(name), found))
        need(cases and all(c.get("name") for c in cases), file + ": a suite without cases, or a case without a name")


def clone(repository, folder):
    subprocess.run(["git", "clone", "-q", repository, folder], check=True)


def run_github(recipe, asked, row, work):
    job = recipe["jobs"][asked.job]
    contexts = {"github": {"event_name": asked.event, "ref": "refs/heads/main"}, "vars": asked.var, "secrets": asked.secret, "matrix": row,
                "runner": {"temp": work + "/temp"}}
    if "if" in job and not truth(job["if"], contexts):
        print("skipped: %s" % asked.job)
        return 0
    print("runs-on: %s" % fill(job["runs-on"], contexts), flush=True)
    os.makedirs(work + "/temp")
    contexts["env"] = {k: fill(v, contexts) for part in (recipe["env"], job.get("env", {})) for k, v in part.items()}
    env = dict(os.environ, **contexts["env"], CI="true", GITHUB_ACTIONS="true", RUNNER_TEMP=work + "/temp")
    status = 0
    for step in job["steps"]:
        condition = step.get("if", "")
        if (status and "always()" not in condition) or (condition and not truth(condition, contexts)):
            print("skipped: %s" % step.get("name", step.get("uses")), flush=True)
        elif step.get("uses", "").startswith("actions/checkout"):
            clone(asked.repository, work + "/clone")
        elif "uses" in step:
            use = {k: fill(v, contexts) for k, v in step["with"].items()}
            upload(use["name"], [use["path"]], work, use.get("if-no-files-found"))
        else:
            print("step: %s" % step["name"], flush=True)
            script = work + "/temp/step.sh"
            with open(script, "w") as f:
                f.write(step["run"])
            status = subprocess.run(["bash", "-e", script], cwd=work + "/clone", env=env).returncode
            os.remove(script)
    return status


# --- GitLab -------------------------------------------------------------------------------------------------------------

STAGES = [".pre", "build", "test", "deploy", ".post"]
RESERVED = "image services stages before_script after_script variables cache include default workflow spec pages true false nil".split()
RULE = re.compile(r'\$(\w+) (==|!=) "([^"]*)"')
MERGE = '$CI_PIPELINE_SOURCE != "merge_request_event"'
JOB = ("extends image services stage before_script script after_script needs rules tags parallel artifacts variables cache timeout retry "
       "allow_failure interruptible environment dependencies when coverage")


def extended(recipe, name):
    job = dict(recipe[name])
    if "extends" in job:
        base = extended(recipe, job.pop("extends"))
        job["variables"] = {**base.get("variables", {}), **job.get("variables", {})}
        job = {**base, **job}
    return job


def check_gitlab(recipe):
    needs = {}
    for name, plain in recipe.items():
        need(name not in RESERVED and len(name) <= 255, "a job's name: " + name)
        only(name, plain, JOB)
        need(plain.get("extends", name) in recipe, name + ": extends what is not there")
        if name.startswith("."):
            continue
        job = extended(recipe, name)
        texts(name + ".script", job["script"])
        need(isinstance(job.get("before_script", []), list), name + ": before_script")
        need(job.get("stage", "test") in STAGES, name + ": a stage that is none by default")
        needs[name] = job.get("needs", [])
        for other in needs[name]:
            need(other in recipe, "%s: needs '%s'" % (name, other))
            need(STAGES.index(extended(recipe, other)["stage"]) <= STAGES.index(job["stage"]), name + ": needs a later job")
            need("rules" not in extended(recipe, other), "%s: needs a job that may not be in the pipeline" % name)
            # A job without rules is in no pipeline of a merge request, and a pipeline with a need that is not there fails.
            need(all(MERGE in rule["if"] for rule in job.get("rules", [])), name + ": may be where what it needs is not")
        for key, value in job.get("variables", {}).items():
            need(re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", key) and isinstance(value, str), "%s: variable %s" % (name, key))
        for rule in job.get("rules", []):
            only(name + ".rules", rule, "if changes exists when allow_failure variables")
            need(all(RULE.fullmatch(part) for part in rule["if"].split(" && ")), "%s: rule %s" % (name, rule["if"]))
        for service in job.get("services", []):
            need(isinstance(service, dict) and service.get("name"), name + ": a service without a name")
            only(name + ".services", service, "name alias entrypoint command variables pull_policy")
        if "tags" in job:
            texts(name + ".tags", job["tags"])
        if "parallel" in job:
            only(name + ".parallel", job["parallel"], "matrix")
            need(0 < len(rows(job["parallel"]["matrix"])) <= 200, name + ": too many jobs")
            need(all(isinstance(v, str) for row in rows(job["parallel"]["matrix"]) for v in row.values()), name + ": a value that is no text")
        artifacts = job.get("artifacts", {})
        only(name + ".artifacts", artifacts, "when paths reports name expire_in exclude untracked expose_as access")
        need(artifacts.get("when", "always") in ("always", "on_success", "on_failure"), name + ".artifacts.when")
        only(name + ".artifacts.reports", artifacts.get("reports", {}), "junit dotenv")
    cycle_free(needs)


def run_gitlab(recipe, asked, row, work):
    job = extended(recipe, asked.job)
    project = {**asked.var, **asked.secret}
    # GitLab: the project's variables win over those of the file, and the matrix's over the job's.
    env = {**os.environ, **job.get("variables", {}), **row, **project, **asked.set, "CI": "true", "GITLAB_CI": "true"}
    if "rules" in job:
        known = {"CI_PIPELINE_SOURCE": asked.event, **project}
        found = [[RULE.fullmatch(part).groups() for part in rule["if"].split(" && ")] for rule in job["rules"]]
        if not any(all((known.get(name, "") == value) == (sign == "==") for name, sign, value in rule) for rule in found):
            print("skipped: %s" % asked.job)
            return 0
    print("tags: %s" % " ".join(job.get("tags", [])), flush=True)
    clone(asked.repository, work + "/clone")
    script = "\n".join(job.get("before_script", []) + job["script"]) + "\n"
    # Of one shell, which ends at the first failure; an image of the docker client has no bash.
    status = subprocess.run(["sh", "-e", "-c", script], cwd=work + "/clone", env=env).returncode
    artifacts = job.get("artifacts", {})
    if artifacts and (not status or artifacts.get("when") in ("always", "on_failure")):
        upload(asked.job, artifacts.get("paths", []) + [artifacts["reports"]["junit"]], work + "/clone", "error")
    return status


def pair(text):
    name, _, value = text.partition("=")
    return name, value


def main():
    ask = argparse.ArgumentParser()
    ask.add_argument("what", choices=["check", "run"])
    ask.add_argument("kind", choices=["github", "gitlab"])
    ask.add_argument("file")
    ask.add_argument("job", nargs="?")
    for name in ("repository", "work", "variant"):
        ask.add_argument("--" + name)
    ask.add_argument("--event", default="push")
    for name in ("var", "secret", "set"):
        ask.add_argument("--" + name, type=pair, action="append", default=[])
    asked = ask.parse_args()
    asked.var, asked.secret, asked.set = dict(asked.var), dict(asked.secret), dict(asked.set)
    with open(asked.file) as f:
        recipe = yaml.load(f, Loader)
    {"github": check_github, "gitlab": check_gitlab}[asked.kind](recipe)
    if asked.what == "check":
        return 0
    if asked.kind == "github":
        matrix = recipe["jobs"][asked.job].get("strategy", {}).get("matrix")
    else:
        matrix = recipe[asked.job].get("parallel", {}).get("matrix")
    worst = 0
    for number, row in enumerate(rows(matrix) if matrix else [{}]):
        if asked.variant in (None, row.get("variant"), row.get("VARIANT")):
            work = "%s/%d" % (asked.work, number)
            os.makedirs(work)
            status = {"github": run_github, "gitlab": run_gitlab}[asked.kind](recipe, asked, row, work)
            worst = worst or status
    return worst


sys.exit(main())
