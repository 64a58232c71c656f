#!/usr/bin/env python3
"""Runs the Python original and this program side by side: the same calls over the same data, and what a program that
read the original's text results would find different. See README.md here."""

import argparse
import asyncio
import base64
import contextlib
import json
import math
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections import defaultdict

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

import calls
from differences import MEANT

PASSWORD = "side by side"

# Values that differ from run to run or from database to database; their types are compared all the same.
VOLATILE = re.compile(
    r"(^|\.)(_rev|revision|executionTime|execution_time|peakMemoryUsage|peak_mem_usage|selectivityEstimate|"
    r"url|database|name_of_database|output_dir|input_dir|output_file|path|analysis_timestamp|backup_size_bytes|config_path|"
    r"first_used|last_used|error|message|msg|summary|description|reason|\w+_warning)$"
)
# A name that the server made up.
MADE_UP = re.compile(r"idx_\d+")


class Arango:
    """The embedded engine, over HTTP."""

    def __init__(self, binary):
        env = {"ROOT": PASSWORD, "HOME": tempfile.mkdtemp()}
        command = [binary, "embedded", "--port", "0", "--root-password-env", "ROOT"]
        self.process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.url = re.search(r"http://\S+", self.process.stderr.readline()).group()

    def request(self, method, database, path, body=None):
        login = base64.b64encode(f"root:{PASSWORD}".encode()).decode()
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.url}/_db/{database}{path}"
        request = urllib.request.Request(url, data, {"Authorization": f"Basic {login}"}, method=method)
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def create(self, database):
        self.request("POST", "_system", "/_api/database", {"name": database})

    def reset(self, database):
        """Puts back the data every call begins with."""
        for graph in self.request("GET", database, "/_api/gharial")["graphs"]:
            self.request("DELETE", database, f"/_api/gharial/{graph['_key']}")
        for collection in self.request("GET", database, "/_api/collection?excludeSystem=true")["result"]:
            self.request("DELETE", database, f"/_api/collection/{collection['name']}")
        for kind, collections in ((2, calls.COLLECTIONS), (3, calls.EDGES)):
            for name, documents in collections.items():
                self.request("POST", database, "/_api/collection", {"name": name, "type": kind})
                self.request("POST", database, f"/_api/document/{name}", documents)
        for name, definitions in calls.GRAPHS.items():
            self.request("POST", database, "/_api/gharial", {"name": name, "edgeDefinitions": definitions})


class Program:
    """One of the two servers, and a client of the Python SDK."""

    def __init__(self, command, arango, database, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.arango, self.database = arango, database
        arango.create(database)
        config = self.folder / "databases.yaml"
        entry = lambda name: {"url": arango.url, "database": name, "username": "root", "password_env": "PASSWORD"}
        config.write_text(json.dumps({
            "default_database": "main", "databases": {"main": entry(database), "other": entry("_system")},
        }))
        self.command = [part.format(config=config, folder=self.folder) for part in command]

    @contextlib.asynccontextmanager
    async def session(self):
        # The original takes collections in the order of a Python set; with this seed that is theirs by name.
        env = {"PYTHONHASHSEED": "1", "PASSWORD": PASSWORD, "HOME": str(self.folder)}
        env |= {"PATH": os.environ["PATH"], "LOG_LEVEL": "ERROR"}
        parameters = StdioServerParameters(command=self.command[0], args=self.command[1:], env=env, cwd=self.folder)
        with open(self.folder / "stderr.log", "a") as log:
            async with stdio_client(parameters, errlog=log) as pipes, ClientSession(*pipes) as session:
                await session.initialize()
                yield session

    async def run(self, session, tool, arguments, before):
        """The JSON of the text result, and whether it is an error."""
        self.arango.reset(self.database)
        for folder in self.folder.iterdir():
            if folder.is_dir() and not folder.name.startswith("."):
                shutil.rmtree(folder)
        for file in self.folder.glob("*.json"):
            file.unlink()
        await session.call_tool(NAMES["focus"], {"database": None})
        for earlier, earlier_arguments in before:
            await session.call_tool(earlier, earlier_arguments)
        try:
            result = await session.call_tool(tool, arguments)
        except Exception as error:  # A protocol error, or a result that is not what its own schema says.
            return {"error": str(error)}, True
        text = result.content[0].text
        try:
            value = json.loads(text)
        except ValueError:
            return {"error": text}, True
        return value, bool(result.isError) or (isinstance(value, dict) and "error" in value)


NAMES = {"focus": "arango_set_focused_database"}


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    return {int: "number", float: "number", str: "string", list: "array", dict: "object"}.get(type(value), "null")


def differences(theirs, ours, path=""):
    """What a program written for `theirs` would trip over in `ours`. More attributes are no difference."""
    if kind(theirs) != kind(ours):
        yield path, f"{kind(theirs)} became {kind(ours)}"
    elif isinstance(theirs, dict):
        for name, value in theirs.items():
            below = f"{path}.{name}" if path else name
            if name in ours:
                yield from differences(value, ours[name], below)
            else:
                yield below, "is missing"
    elif isinstance(theirs, list):
        theirs, ours = ordered(theirs), ordered(ours)
        if len(theirs) != len(ours):
            yield path, f"{len(theirs)} items became {len(ours)}"
        for at, (one, other) in enumerate(zip(theirs, ours)):
            yield from differences(one, other, f"{path}[{at}]")
    elif not same(theirs, ours) and not VOLATILE.search(re.sub(r"\[\d+\]", "", path)):
        yield path, f"{json.dumps(theirs)[:60]} became {json.dumps(ours)[:60]}"


def ordered(items):
    """Reports on collections by their names; the original has them in the order in which the disk lists files."""
    if all(isinstance(item, dict) and "collection" in item for item in items):
        return sorted(items, key=lambda item: item["collection"])
    return items


def same(theirs, ours):
    if isinstance(theirs, (int, float)):
        return math.isclose(theirs, ours)
    made_up = isinstance(theirs, str) and MADE_UP.fullmatch(theirs) and MADE_UP.fullmatch(ours)
    return theirs == ours or bool(made_up)


def meant(tool, path):
    """Why this difference is meant, if it is."""
    shape = re.sub(r"\[\d+\]", "[]", path)
    for of, pattern, reason in MEANT:
        if of in (tool, "*") and re.fullmatch(pattern, shape):
            return reason
    return None


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", required=True, help="the program of this project")
    parser.add_argument("--original", required=True, help="the program of the Python package")
    parser.add_argument("--tool", help="only the calls of this tool, with both results")
    options = parser.parse_args()
    ours_binary = str(pathlib.Path(options.ours).resolve())
    original_binary = str(pathlib.Path(options.original).absolute())
    arango = Arango(ours_binary)
    folder = tempfile.mkdtemp()
    try:
        original = Program([original_binary, "server", "--config-file", "{config}"], arango, "theirs", f"{folder}/theirs")
        ours = Program(
            [ours_binary, "server", "--config-file", "{config}", "--backup-dir", "{folder}"], arango, "ours", f"{folder}/ours"
        )
        async with original.session() as theirs_session, ours.session() as ours_session:
            return await compare(original, theirs_session, ours, ours_session, options.tool)
    finally:
        arango.process.kill()
        arango.process.wait()
        shutil.rmtree(folder)


async def compare(original, theirs_session, ours, ours_session, only):
    listed = {tool.name for tool in (await theirs_session.list_tools()).tools}
    called, problems, reasons = set(), 0, defaultdict(set)
    for tool, arguments, before in calls.CALLS:
        called.add(tool)
        if only and tool != only:
            continue
        theirs, they_failed = await original.run(theirs_session, tool, arguments, before)
        mine, we_failed = await ours.run(ours_session, tool, arguments, before)
        if only:
            print(json.dumps({"theirs": theirs, "ours": mine}, indent=1))
        if they_failed:
            if not we_failed:
                given = json.dumps(arguments)[:100]
                reasons[tool].add(f"the original fails with {given}: {theirs.get('error')}"[:300])
        if they_failed != we_failed:
            found = [] if they_failed else [("", f"works there, fails here: {json.dumps(mine)[:300]}")]
        else:
            found = list(differences(theirs, mine))
        for path, difference in found:
            reason = meant(tool, path)
            if reason:
                reasons[tool].add(reason)
            else:
                problems += 1
                print(f"{tool} {json.dumps(arguments)[:100]}: {path or 'the result'}: {difference}")
    # The last call's notification has to be read before the client closes its pipe, or the SDK stumbles over it.
    await ours_session.send_ping()
    for tool in sorted(reasons):
        print(f"\n{tool}: differs as meant:")
        for reason in sorted(reasons[tool]):
            print(f"  - {reason}")
    uncalled = listed - called
    if uncalled and not only:
        problems += 1
        print(f"not called: {', '.join(sorted(uncalled))}")
    print(f"\n{len(listed)} tools, {len(calls.CALLS)} calls, {problems} unexpected differences")
    return 1 if problems else 0


sys.exit(asyncio.run(main()))
