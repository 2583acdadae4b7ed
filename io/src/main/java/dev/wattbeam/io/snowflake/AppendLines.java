package dev.wattbeam.io.snowflake;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.archive.ArchivedLine;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.apache.beam.sdk.io.snowflake.SnowflakeIO;
import org.apache.beam.sdk.io.snowflake.SnowflakeIO.DataSourceConfiguration;
import org.apache.beam.sdk.io.snowflake.enums.CreateDisposition;
import org.apache.beam.sdk.io.snowflake.enums.WriteDisposition;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;

/**
 * Appends messages to the table MESSAGES, by Beam's SnowflakeIO: files in S3, and one COPY of all
 * of them, which happens as a whole or not at all. What is loaded again is there again; readers see
 * it once, since CLEAN.MESSAGES goes by topic, partition and offset.
 */
public final class AppendLines extends PTransform<PCollection<ArchivedLine>, PDone> {
  private static final long serialVersionUID = 1;
  private static final String TABLE = "MESSAGES";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final SnowflakeConfig snowflake;
  private final transient StageConfig stage;
  private final String run;

  private AppendLines(SnowflakeConfig snowflake, StageConfig stage, String run) {
    this.snowflake = requireNonNull(snowflake, "snowflake");
    this.stage = requireNonNull(stage, "stage");
    this.run = requireNonNull(run, "run");
  }

  /**
   * Appends to a warehouse.
   *
   * @param run name of the folder on the stage; in each row
   */
  public static AppendLines to(SnowflakeConfig snowflake, StageConfig stage, String run) {
    return new AppendLines(snowflake, stage, run);
  }

  /** Looks whether the table is there; one line for what is wrong, empty when nothing is. */
  public static List<String> check(SnowflakeConfig snowflake) {
    return WarehouseSchema.check(snowflake, TABLE);
  }

  @Override
  public PDone expand(PCollection<ArchivedLine> lines) {
    lines.getPipeline().getCoderRegistry().registerCoderForClass(Object[].class, FieldsCoder.of());
    // Copied, so that the function below does not take this transform along.
    String name = run;
    return lines.apply(
        "Copy",
        SnowflakeIO.<ArchivedLine>write()
            .withDataSourceConfiguration(
                DataSourceConfiguration.create(new SnowflakeDataSource(snowflake))
                    .withDatabase(snowflake.database())
                    .withSchema("RAW"))
            .to(TABLE)
            .withCreateDisposition(CreateDisposition.CREATE_NEVER)
            .withWriteDisposition(WriteDisposition.APPEND)
            .withStagingBucketName(stage.folder() + run + "/")
            .withStorageIntegrationName(stage.integration())
            .withShardsNumber(stage.files())
            .withUserDataMapper(line -> row(line, name)));
  }

  /** In the order of the columns. SnowflakeIO quotes what is a String, and nothing else. */
  private static Object[] row(ArchivedLine line, String run) {
    return new Object[] {
      line.topic(),
      (long) line.partition(),
      line.offset(),
      TIME.format(Instant.ofEpochMilli(line.timestampMillis())),
      line.json(),
      run
    };
  }
}
