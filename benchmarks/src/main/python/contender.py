"""The workloads as PySpark projects usually write them: Structured Streaming, from_json, watermark, window, foreachBatch.

Started by the harness through SparkSubmit. Tuned: as many shuffle partitions as cores, few large micro-batches
(availableNow), codegen-friendly columns only, JDBC batches rewritten to multi-row inserts, upsert in the database.
"""

import argparse
import os
import tempfile

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

MINUTE_MS = 60_000
CARRIED_MINUTES = 10

# Workload -> table, key, content.
TABLES = {
    "downsampling": ("downsampling", ["meter", "minute_ms"], ["n", "min_nw", "max_nw", "sum_nw"]),
    "hour-of-day": ("hour_of_day", ["meter", "window_ms", "hour"], ["n", "sum_nw"]),
    "hierarchy": ("hierarchy", ["level", "node", "minute_ms"], ["n", "sum_nw"]),
}


def millis(column):
    return F.unix_millis(column)


def read(spark, options):
    messages = (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", options.bootstrapServers)
        .option("subscribe", options.topic)
        .option("startingOffsets", "earliest")
        .option("maxOffsetsPerTrigger", 2_000_000)
        .option("kafka.max.poll.records", 10_000)
        .option("kafka.max.partition.fetch.bytes", 4 * 1024 * 1024)
        .load()
    )
    reading = F.from_json(F.col("value").cast("string"), "meter STRING, time TIMESTAMP, value DOUBLE")
    return (
        messages.select(reading.alias("r"))
        .select(
            F.col("r.meter").alias("meter"),
            # A reading's time is the end of its span.
            (F.col("r.time") - F.expr("INTERVAL 1 MILLISECOND")).alias("time"),
            # Exact: values have few decimals and are positive.
            (F.col("r.value") * 1e9 + 0.5).cast("long").alias("nw"),
        )
        .withWatermark("time", "10 seconds")
    )


def downsampling(readings):
    return (
        readings.groupBy("meter", F.window("time", "1 minute"))
        .agg(
            F.count("*").cast("int").alias("n"),
            F.min("nw").alias("min_nw"),
            F.max("nw").alias("max_nw"),
            F.sum("nw").alias("sum_nw"),
        )
        .select("meter", millis(F.col("window.start")).alias("minute_ms"), "n", "min_nw", "max_nw", "sum_nw")
    )


def hour_of_day(readings):
    return (
        readings.groupBy("meter", F.window("time", "7 days", "1 day"), F.hour("time").cast("short").alias("hour"))
        .agg(F.count("*").cast("int").alias("n"), F.sum("nw").alias("sum_nw"))
        .select("meter", millis(F.col("window.start")).alias("window_ms"), "hour", "n", "sum_nw")
    )


def last_per_minute(readings):
    return (
        readings.groupBy("meter", F.window("time", "1 minute"))
        .agg(F.max(F.struct("time", "nw")).alias("last"))
        .select("meter", millis(F.col("window.start")).alias("minute_ms"), "last")
    )


class Nodes:
    """Sums over the nodes; a second aggregation in the query would wait for a watermark that never comes at the end."""

    def __init__(self):
        self.carried = None

    def of(self, batch):
        rows = batch
        if self.carried is not None:
            rows = (
                self.carried.unionByName(batch)
                .groupBy("meter", "minute_ms")
                .agg(F.max("last").alias("last"))
            )
        rows = rows.localCheckpoint()
        oldest_new, newest = batch.agg(F.min("minute_ms"), F.max("minute_ms")).first()
        self.carried = rows.where(F.col("minute_ms") > newest - CARRIED_MINUTES * MINUTE_MS)
        index = F.substring("meter", 2, 10).cast("int")
        levels = F.array(
            *[
                F.struct(F.lit(k).cast("short").alias("level"), (index / 10**k).cast("int").alias("node"))
                for k in (1, 2, 3, 4)
            ]
        )
        return (
            rows.where(F.col("minute_ms") >= oldest_new)
            .select("minute_ms", F.col("last.nw").alias("nw"), F.explode(levels).alias("at"))
            .groupBy(F.col("at.level"), F.col("at.node"), "minute_ms")
            .agg(F.count("*").cast("int").alias("n"), F.sum("nw").alias("sum_nw"))
        )


class Upsert:
    """Writes a micro-batch into a table beside the target, and from there into the target."""

    def __init__(self, spark, options):
        table, self.key, self.content = TABLES[options.workload]
        self.jvm = spark._jvm
        self.target = "bench." + table
        self.staging = "bench.staging_" + table
        self.url = options.postgresUrl + "?reWriteBatchedInserts=true"
        self.user = options.postgresUser
        self.password = os.environ.get("PGPASSWORD", "")
        self.parallelism = options.parallelism
        self.sql(f"CREATE UNLOGGED TABLE {self.staging} (LIKE {self.target})")

    def sql(self, *statements):
        connection = self.jvm.java.sql.DriverManager.getConnection(self.url, self.user, self.password)
        try:
            connection.setAutoCommit(False)
            for text in statements:
                statement = connection.createStatement()
                statement.execute(text)
                statement.close()
            connection.commit()
        finally:
            connection.close()

    def write(self, rows):
        (
            rows.select(*self.key, *self.content)
            .coalesce(self.parallelism)
            .write.format("jdbc")
            .option("driver", "org.postgresql.Driver")
            .option("url", self.url)
            .option("user", self.user)
            .option("password", self.password)
            .option("dbtable", self.staging)
            .option("batchsize", 10_000)
            .option("isolationLevel", "READ_COMMITTED")
            .mode("append")
            .save()
        )
        columns = ", ".join(self.key + self.content)
        changes = ", ".join(f"{name} = excluded.{name}" for name in self.content)
        self.sql(
            f"INSERT INTO {self.target} ({columns}) SELECT {columns} FROM {self.staging}"
            f" ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {changes}",
            f"TRUNCATE {self.staging}",
        )

    def close(self):
        self.sql(f"DROP TABLE {self.staging}")


def main():
    parser = argparse.ArgumentParser()
    for name in ("workload", "topic", "bootstrapServers", "postgresUrl", "postgresUser"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--parallelism", type=int, required=True)
    options = parser.parse_args()
    spark = (
        SparkSession.builder.appName("contender")
        .config("spark.sql.shuffle.partitions", options.parallelism)
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.streaming.minBatchesToRetain", 2)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("WARN")
    readings = read(spark, options)
    upsert = Upsert(spark, options)
    nodes = Nodes()
    rows = {"downsampling": downsampling, "hour-of-day": hour_of_day, "hierarchy": last_per_minute}[options.workload](readings)

    def write(batch, _):
        if options.workload == "hierarchy":
            write_nodes(nodes, upsert, batch)
        else:
            upsert.write(batch)

    with tempfile.TemporaryDirectory() as checkpoints:
        (
            rows.writeStream.outputMode("update")
            .trigger(availableNow=True)
            .option("checkpointLocation", checkpoints)
            .foreachBatch(write)
            .start()
            .awaitTermination()
        )
    upsert.close()
    spark.stop()


def write_nodes(nodes, upsert, batch):
    batch = batch.persist()
    if not batch.isEmpty():
        upsert.write(nodes.of(batch))
    batch.unpersist()


main()
