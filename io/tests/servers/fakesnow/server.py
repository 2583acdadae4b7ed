"""Snowflake's stand-in on DuckDB, which keeps everything in memory: server.py PORT."""

import dataclasses
import pathlib
import re
import shutil
import sys
import tempfile

import boto3
import botocore.config
import fakesnow.server
import uvicorn
from fakesnow.copy_into import ReadCSV
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.transforms import stage

stage_info = fakesnow.server.gcs_stage_info
execute = FakeSnowflakeCursor.execute
read_csv = ReadCSV.read_expression
fetched = pathlib.Path(tempfile.mkdtemp(prefix="s3-"))


def stage_info_for_java(*args):
    """The Java driver asks for more than the Python one when it uploads."""
    return stage_info(*args) | {"region": "", "isClientSideEncrypted": False, "endPoint": ""}


def execute_what_is_missing(self, command, *args, **kwargs):
    """fakesnow has no REMOVE, and its LIST takes no path (it lists more then)."""
    command = re.sub(r"^LIST (@\w+)/\S+$", r"LIST \1", command)
    if found := re.fullmatch(r"REMOVE @(\w+)/(\S+)", command):
        name = f"{self._conn.database}.{self._conn.schema}.{found[1].upper()}"
        shutil.rmtree(stage.internal_dir(name, found[2]), ignore_errors=True)
        command = "SELECT 'removed' AS status"
    return execute(self, copy_from_s3(command), *args, **kwargs)


def copy_from_s3(command):
    """DuckDB's way to S3 would have to be downloaded: what SnowflakeIO loads is fetched here, and its integration ignored."""
    found = re.fullmatch(
        r"(COPY INTO \S+ FROM) 's3://([^/']+)/([^']*)' FILES=\(([^)]*)\) (.*) STORAGE_INTEGRATION=\w+;?", command
    )
    if not found:
        return command
    copy, bucket, folder, files, options = found.groups()
    # Where it is and the login: as boto3 finds them in the environment.
    s3 = boto3.client("s3", config=botocore.config.Config(s3={"addressing_style": "path"}))
    (fetched / bucket / folder).mkdir(parents=True, exist_ok=True)
    for file in re.findall(r"'([^']+)'", files):
        s3.download_file(bucket, folder + file, str(fetched / bucket / folder / file))
    return f"{copy} '{(fetched / bucket / folder).as_uri()}/' FILES=({files}) {options}"


def read_csv_of_snowflake_io(self, url):
    """SnowflakeIO gives its quotation mark by number, and fakesnow doubles a single one once too often. DuckDB would guess types."""
    if self.quote != "0x27":
        return read_csv(self, url)
    expression = read_csv(dataclasses.replace(self, quote=None), url)
    for option, value in (("quote", "'"), ("escape", "'"), ("all_varchar", True)):
        expression.append("expressions", self.make_eq(option, value))
    return expression


fakesnow.server.gcs_stage_info = stage_info_for_java
FakeSnowflakeCursor.execute = execute_what_is_missing
ReadCSV.read_expression = read_csv_of_snowflake_io
uvicorn.run(fakesnow.server.app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
