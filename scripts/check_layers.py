#!/usr/bin/env python3
"""Checks the shape of the tree: who includes whom, that every source is built and tested, and how long files are.

usage: check_layers.py [ROOT]

Prints one line for each violation; exit status 0 without any, 1 with some.
"""
import pathlib
import re
import sys

# folder -> folders whose headers it may include, besides its own. Only apps see everything: they are where the parts
# meet.
INCLUDES = {
    "base": set(),
    "async": {"base"},
    "process": {"async", "base"},
    "model": {"base"},
    "graph": {"model", "base"},
    "layout": {"graph", "model", "base"},
    "picture": {"layout", "graph", "model", "base"},
    "report": {"picture", "layout", "graph", "model", "base"},
    "events": {"model", "async", "base"},
    "node": {"model", "async", "base"},
    "executor": {"model", "base"},
    "command": {"executor", "process", "node", "model", "async", "base"},
    "registry": {"command", "executor", "node", "model", "async", "base"},
    "validate": {"graph", "registry", "node", "model", "base"},
    "yaml": {"validate", "graph", "registry", "node", "model", "base"},
    "engine": {"graph", "registry", "validate", "events", "node", "async", "model", "base"},
    "journal": {"engine", "registry", "node", "events", "async", "model", "base"},
    "python": {"process", "node", "model", "async", "base"},
    "tasks": {"engine", "graph", "registry", "validate", "events", "node", "async", "model", "base"},
    "store": {"model", "async", "base"},
    "rpc": {"model", "base"},
    "client": {"rpc", "async", "model", "base"},
    "daemon": {"tasks", "process", "store", "rpc", "journal", "engine", "validate", "registry", "events", "node", "async", "model", "base"},
    "nodes": {"process", "node", "model", "async", "base"},
}
INCLUDES["apps"] = set(INCLUDES)

# The wings of a large folder: wing -> wings whose headers it may include, besides its own. "" is what stands beside them,
# which may include all. One way, so that a wing can be read, and replaced, by itself.
WINGS = {
    "apps/vnode": {
        "farm": set(),
        "terminal": set(),
        "options": {"terminal"},
        "show": {"terminal"},
        "watch": {"show", "terminal"},
        "settings": {"options", "terminal"},
        "ci": {"options", "terminal"},
        "schemas": {"settings", "options", "terminal"},
        "nodes": {"settings", "options", "terminal"},
        "service": {"settings", "options", "terminal"},
        "local": {"ci", "watch", "show", "settings", "options", "terminal"},
        "client": {"ci", "local", "watch", "show", "settings", "options", "terminal"},
        "completion": {"ci", "client", "local", "nodes", "show", "settings", "options", "terminal"},
        "commands": {"farm", "ci", "completion", "client", "service", "local", "nodes", "schemas", "watch", "show", "settings", "options", "terminal"},
    },
    "lib/process": {"supervisor": set()},
    "lib/python": {"process": set(), "values": set()},
}

# Libraries that stay behind one folder or one file, so that replacing one changes only that: start of the include -> where.
THIRD_PARTY = {
    "asio": {"async"},
    "curl/": {"async"},
    "unicode/": {"base"},
    "re2/": {"model"},
    "nlohmann/": set(),
    "CLI/": {"apps/vnode/options/command_parser.cpp"},
    "yaml-cpp/": {"apps", "yaml"},
    "spdlog/": {"apps/vnode/terminal/stderr_logger.cpp"},
    "openssl/": {"async", "nodes"},
    "sqlite3": {"store"},
}

# Sources of lib/ without a test file of the same name: the test that covers them instead.
TESTED_BY = {
    "lib/base/heap.cpp": "tests/integration/daemon_abuse_test.py",
    "lib/async/curl_library.cpp": "tests/unit/async/http_client_test.cpp",
    "lib/async/http_transfer.cpp": "tests/unit/async/http_client_test.cpp",
    "lib/async/tls_library.cpp": "tests/unit/async/tls_context_test.cpp",
    "lib/async/wait_readable.cpp": "tests/unit/python/frame_channel_test.cpp",
    "lib/command/command_outcome.cpp": "tests/unit/command/command_faults_test.cpp",
    "lib/command/command_plan.cpp": "tests/unit/command/command_session_test.cpp",
    "lib/command/command_process.cpp": "tests/unit/command/command_session_test.cpp",
    "lib/command/command_wraps.cpp": "tests/unit/command/wrapped_command_test.cpp",
    "lib/command/wrap_stopper.cpp": "tests/unit/command/wrapped_command_test.cpp",
    "lib/command/command_runtime.cpp": "tests/unit/command/command_session_test.cpp",
    "lib/daemon/method_daemon.cpp": "tests/unit/daemon/daemon_test.cpp",
    "lib/daemon/method_nodes.cpp": "tests/unit/daemon/daemon_test.cpp",
    "lib/daemon/run_book_effects.cpp": "tests/unit/daemon/run_book_test.cpp",
    "lib/daemon/method_retry.cpp": "tests/unit/daemon/run_retry_test.cpp",
    "lib/daemon/run_book_dependencies.cpp": "tests/unit/daemon/run_dependencies_test.cpp",
    "lib/daemon/run_book_groups.cpp": "tests/unit/daemon/method_groups_test.cpp",
    "lib/daemon/run_book_retry.cpp": "tests/unit/daemon/run_retry_test.cpp",
    "lib/daemon/run_ending.cpp": "tests/unit/daemon/run_book_test.cpp",
    "lib/daemon/run_lender.cpp": "tests/unit/daemon/method_queues_test.cpp",
    "lib/daemon/run_lookup.cpp": "tests/unit/daemon/method_runs_test.cpp",
    "lib/daemon/run_pausing.cpp": "tests/unit/daemon/run_pauses_test.cpp",
    "lib/engine/effective_limits.cpp": "tests/unit/engine/limits_test.cpp",
    "lib/engine/resume_order.cpp": "tests/unit/journal/journal_resumption_test.cpp",
    "lib/engine/taking.cpp": "tests/unit/journal/journal_resumption_test.cpp",
    "lib/engine/worker_call.cpp": "tests/unit/engine/modes_test.cpp",
    "lib/journal/journal_index.cpp": "tests/unit/journal/journal_resumption_test.cpp",
    "lib/journal/recorded_files.cpp": "tests/unit/journal/cached_record_test.cpp",
    "lib/journal/read_place.cpp": "tests/unit/journal/journal_resumption_test.cpp",
    "lib/engine/turn.cpp": "tests/unit/engine/resources_test.cpp",
    "lib/engine/emitter.cpp": "tests/unit/engine/node_execution_test.cpp",
    "lib/engine/execution.cpp": "tests/unit/engine/node_execution_test.cpp",
    "lib/engine/level.cpp": "tests/unit/engine/modes_test.cpp",
    "lib/engine/runtime_level.cpp": "tests/unit/engine/runtimes_test.cpp",
    "lib/engine/body_workflow.cpp": "tests/unit/engine/parallel_map_test.cpp",
    "lib/engine/group_runner.cpp": "tests/unit/engine/groups_and_loops_test.cpp",
    "lib/engine/execution_notes.cpp": "tests/unit/engine/recording_test.cpp",
    "lib/engine/layout.cpp": "tests/unit/engine/preparation_test.cpp",
    "lib/engine/map_item.cpp": "tests/unit/engine/parallel_map_test.cpp",
    "lib/engine/map_run.cpp": "tests/unit/engine/parallel_map_test.cpp",
    "lib/engine/node_runner.cpp": "tests/unit/engine/node_execution_test.cpp",
    "lib/engine/own_time.cpp": "tests/unit/engine/limits_test.cpp",
    "lib/engine/pause_gate.cpp": "tests/unit/engine/pause_test.cpp",
    "lib/engine/plan.cpp": "tests/unit/engine/preparation_test.cpp",
    "lib/engine/plan_builder.cpp": "tests/unit/engine/preparation_test.cpp",
    "lib/engine/run.cpp": "tests/unit/engine/stepping_test.cpp",
    "lib/engine/scheduler.cpp": "tests/unit/engine/stepping_test.cpp",
    "lib/engine/tries.cpp": "tests/unit/engine/limits_test.cpp",
    "lib/layout/column_placement.cpp": "tests/unit/layout/heights_test.cpp",
    "lib/layout/row_placement.cpp": "tests/unit/layout/heights_test.cpp",
    "lib/model/dict.cpp": "tests/unit/model/value_test.cpp",
    "lib/model/entry_reader.cpp": "tests/unit/model/workflow_problems_test.cpp",
    "lib/model/json_escape.cpp": "tests/unit/model/json_writer_test.cpp",
    "lib/model/json_number.cpp": "tests/unit/model/json_reader_test.cpp",
    "lib/model/lenient.cpp": "tests/unit/model/workflow_reader_test.cpp",
    "lib/model/log_level.cpp": "tests/unit/events/event_json_test.cpp",
    "lib/model/node_definition.cpp": "tests/unit/node/node_type_test.cpp",
    "lib/model/value_builder.cpp": "tests/unit/model/json_reader_test.cpp",
    "lib/model/value_compare.cpp": "tests/unit/model/value_test.cpp",
    "lib/model/value_numbers.cpp": "tests/unit/model/value_ops_test.cpp",
    "lib/model/value_text.cpp": "tests/unit/model/value_test.cpp",
    "lib/model/workflow.cpp": "tests/unit/model/workflow_reader_test.cpp",
    "lib/model/workflow_assembler.cpp": "tests/unit/model/workflow_reader_test.cpp",
    "lib/picture/svg_node.cpp": "tests/unit/picture/svg_test.cpp",
    "lib/picture/svg_style.cpp": "tests/unit/picture/svg_test.cpp",
    "lib/picture/svg_wire.cpp": "tests/unit/picture/svg_test.cpp",
    "lib/process/supervisor/main.cpp": "tests/unit/process/supervisor_faults_test.cpp",
    "lib/process/supervisor/process_list.cpp": "tests/unit/process/process_faults_test.cpp",
    "lib/process/supervisor/small_runtime.cpp": "tests/unit/process/supervisor_program_test.cpp",
    "lib/process/supervisor/spawn.cpp": "tests/unit/process/run_processes_test.cpp",
    "lib/process/supervisor/tree_keeper.cpp": "tests/unit/process/run_processes_test.cpp",
    "lib/process/supervisor_link.cpp": "tests/unit/process/supervisor_faults_test.cpp",
    "lib/python/values/content_parts.cpp": "tests/unit/python/values/object_table_test.cpp",
    "lib/python/values/data_object.cpp": "tests/unit/python/values/object_table_test.cpp",
    "lib/python/values/forms.cpp": "tests/unit/python/values/object_table_test.cpp",
    "lib/python/values/host_objects.cpp": "tests/unit/python/values/object_table_test.cpp",
    "lib/python/values/known_contents.cpp": "tests/unit/python/values/object_table_test.cpp",
    "lib/registry/definition_limits.cpp": "tests/unit/registry/definition_review_test.cpp",
    "lib/python/call_endings.cpp": "tests/integration/python_nodes/timeouts_test.py",
    "lib/python/journal_notes.cpp": "tests/integration/journal_test.py",
    "lib/python/printed_messages.cpp": "tests/integration/python_nodes/printed_messages_test.py",
    "lib/python/python_call.cpp": "tests/unit/python/python_runtime_test.cpp",
    "lib/python/python_host.cpp": "tests/unit/python/python_runtime_test.cpp",
    "lib/python/python_session.cpp": "tests/unit/python/python_runtime_test.cpp",
    "lib/python/python_setup.cpp": "tests/unit/python/python_runtime_test.cpp",
    "lib/python/python_variables.cpp": "tests/unit/python/python_runtime_test.cpp",
    "lib/python/setup_messages.cpp": "tests/unit/python/definition_check_test.cpp",
    "lib/python/values/unused_contents.cpp": "tests/unit/python/values/object_table_test.cpp",
    "lib/python/values/value_decoder.cpp": "tests/unit/python/values/object_table_test.cpp",
    "lib/python/values/value_encoder.cpp": "tests/unit/python/values/object_table_test.cpp",
    "lib/store/sqlite_library.cpp": "tests/unit/store/database_test.cpp",
    "lib/yaml/file_lowering.cpp": "tests/unit/yaml/yaml_groups_test.cpp",
    "lib/yaml/level_editor.cpp": "tests/unit/yaml/workflow_yaml_test.cpp",
    "lib/yaml/level_entries.cpp": "tests/unit/yaml/yaml_workflow_test.cpp",
    "lib/yaml/level_groups.cpp": "tests/unit/yaml/yaml_groups_test.cpp",
    "lib/yaml/level_lowering.cpp": "tests/unit/yaml/yaml_workflow_test.cpp",
    "lib/yaml/level_ports.cpp": "tests/unit/yaml/yaml_workflow_test.cpp",
    "lib/yaml/level_wires.cpp": "tests/unit/yaml/yaml_workflow_test.cpp",
    "lib/yaml/level_writer.cpp": "tests/unit/yaml/workflow_yaml_test.cpp",
    "lib/yaml/level_writer_text.cpp": "tests/unit/yaml/workflow_yaml_test.cpp",
    "lib/yaml/yaml_fault.cpp": "tests/unit/yaml/yaml_mistakes_test.cpp",
    "lib/yaml/yaml_ports.cpp": "tests/unit/yaml/yaml_workflow_test.cpp",
    "lib/validate/port_table.cpp": "tests/unit/validate/check_connections_test.cpp",
    "lib/validate/subject.cpp": "tests/unit/validate/validate_test.cpp",
}
# Sources of lib/ that no unit test covers, and why.
UNTESTED = {}

MAX_LINES = {"tests": 700}
MAX_LINES_ELSEWHERE = 500
# Longer files, and why they are still one concept.
LONG_FILES = {}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    violations = include_violations(root) + unbuilt_sources(root) + untested_sources(root) + long_files(root)
    for line in violations:
        print(line)
    print("check_layers: %d violations" % len(violations))
    return 1 if violations else 0


def sources(root, folders, suffixes):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes:
                yield path


def folder_of(relative):
    """The name under which the include table knows a file: its folder in lib/, else its top folder."""
    return relative.parts[1] if relative.parts[0] == "lib" else relative.parts[0]


def include_violations(root):
    violations = []
    for path in sources(root, ("lib", "nodes", "apps"), (".h", ".cpp")):
        relative = path.relative_to(root)
        folder = folder_of(relative)
        if folder not in INCLUDES:
            violations.append("%s: folder %s is not in the include table" % (relative, folder))
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if match:
                reason = objection(relative.as_posix(), folder, match[2], match[1] == '"')
                if reason:
                    violations.append("%s:%d: %s" % (relative, number, reason))
    return violations


def objection(file, folder, included, quoted):
    """Why that file of `folder` may not include it, or None."""
    for start, allowed in THIRD_PARTY.items():
        if included.startswith(start):
            return None if folder in allowed or file in allowed else "%s is for %s" % (included, ", ".join(sorted(allowed)) or "nobody")
    if not quoted:
        return None
    target = included.split("/")[0]
    if "/" not in included:
        return '"%s": write the path from lib/ (or the top) on' % included
    if target != folder and target not in INCLUDES[folder]:
        return "%s may not include %s (%s)" % (folder, target, included)
    return objection_of_wings(file, included)


def objection_of_wings(file, included):
    """The same among the wings of one large folder."""
    for large, wings in WINGS.items():
        inside, other = wing_of(large, file), wing_of(large, included if large.startswith("apps") else "lib/" + included)
        if inside is None or other is None:
            continue
        for wing in (inside, other):
            if wing and wing not in wings:
                return "%s: wing %s is not in the table of wings" % (large, wing)
        if inside and inside != other and other not in wings[inside]:
            return "%s/%s may not include %s" % (large, inside, included)
    return None


def wing_of(large, file):
    """The folder in `large` in which the file is, "" beside them, None outside."""
    if not file.startswith(large + "/"):
        return None
    rest = file[len(large) + 1 :].split("/")
    return rest[0] if len(rest) > 1 else ""


def unbuilt_sources(root):
    """A source that no build list names compiles for nobody, and a test in it never runs."""
    violations = []
    for path in sources(root, ("lib", "nodes", "apps", "tests", "scripts"), (".cpp",)):
        relative = path.relative_to(root)
        lists = [p / "CMakeLists.txt" for p in path.parents if p.is_relative_to(root)]
        lists = [p for p in lists if p.exists()]
        if not any(names(build_list, path) for build_list in lists):
            violations.append("%s: in no CMakeLists.txt" % relative)
    return violations


def names(build_list, source):
    text = build_list.read_text(encoding="utf-8")
    relative = source.relative_to(build_list.parent).as_posix()
    if re.search(r"(?<![\w/.-])%s(?![\w.-])" % re.escape(relative), text):
        return True
    # A loop over names: foreach(name a b) ... ${name}.cpp
    return source.parent == build_list.parent and "}.cpp" in text and bool(re.search(r"\b%s\b" % re.escape(source.stem), text))


def untested_sources(root):
    violations = []
    for path in sources(root, ("lib",), (".cpp",)):
        relative = path.relative_to(root).as_posix()
        own = "tests/unit/%s_test.cpp" % path.relative_to(root / "lib").with_suffix("").as_posix()
        exempted = relative in TESTED_BY or relative in UNTESTED
        if (root / own).exists() and exempted:
            violations.append("%s: has a test of its own now; take it off the list of exemptions" % relative)
        elif not (root / own).exists() and not exempted:
            violations.append("%s: no %s, and no reason why not" % (relative, own))
    return violations + gone(root, UNTESTED) + gone(root, TESTED_BY) + gone(root, set(TESTED_BY.values()))


def long_files(root):
    violations = []
    for path in sources(root, ("lib", "nodes", "apps", "tests", "scripts"), (".h", ".cpp", ".py", ".sh")):
        relative = path.relative_to(root)
        limit = MAX_LINES.get(relative.parts[0], MAX_LINES_ELSEWHERE)
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > limit and relative.as_posix() not in LONG_FILES:
            violations.append("%s: %d lines, the limit is %d" % (relative, lines, limit))
    return violations + gone(root, LONG_FILES)


def gone(root, exemptions):
    return ["%s: on a list in check_layers.py, but not there" % name for name in sorted(exemptions) if not (root / name).exists()]


if __name__ == "__main__":
    sys.exit(main())
