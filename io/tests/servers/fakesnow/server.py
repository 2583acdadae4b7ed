"""Snowflake's stand-in on DuckDB, which keeps everything in memory: server.py PORT."""

import re
import shutil
import sys

import fakesnow.server
import uvicorn
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.transforms import stage

stage_info = fakesnow.server.gcs_stage_info
execute = FakeSnowflakeCursor.execute


def stage_info_for_java(*args):
    """The Java driver asks for more than the Python one when it uploads."""
    return stage_info(*args) | {"region": "", "isClientSideEncrypted": False, "endPoint": ""}


def execute_with_paths(self, command, *args, **kwargs):
    """fakesnow has no REMOVE, and its LIST takes no path (it lists more then)."""
    command = re.sub(r"^LIST (@\w+)/\S+$", r"LIST \1", command)
    if found := re.fullmatch(r"REMOVE @(\w+)/(\S+)", command):
        name = f"{self._conn.database}.{self._conn.schema}.{found[1].upper()}"
        shutil.rmtree(stage.internal_dir(name, found[2]), ignore_errors=True)
        command = "SELECT 'removed' AS status"
    return execute(self, command, *args, **kwargs)


fakesnow.server.gcs_stage_info = stage_info_for_java
FakeSnowflakeCursor.execute = execute_with_paths
uvicorn.run(fakesnow.server.app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
