package dev.wattbeam.pipelines.warehouse;

import dev.wattbeam.io.postgres.PostgresOptions;
import dev.wattbeam.io.snowflake.SnowflakeOptions;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;

/** Options of {@link LoadWarehouse}. */
public interface LoadOptions extends PostgresOptions, SnowflakeOptions {
  @Description(
      "Name of this run, part of the names of its files; a run that is done is not done again."
          + " Without it, the time of the start")
  String getRun();

  void setRun(String run);

  @Description(
      "How long before the last load changes are read again: longer than any transaction that"
          + " writes rows; ISO 8601 duration")
  @Default.String("PT1H")
  String getOverlap();

  void setOverlap(String duration);

  @Description("Load all rows, not only what was changed since the last load")
  @Default.Boolean(false)
  boolean getFromBeginning();

  void setFromBeginning(boolean value);

  @Description("Megabytes of a table, as PostgreSQL stores it, that become one file")
  @Default.Integer(64)
  int getMegabytesPerFile();

  void setMegabytesPerFile(int megabytes);
}
