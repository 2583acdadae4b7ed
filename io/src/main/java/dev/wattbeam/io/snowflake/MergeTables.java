package dev.wattbeam.io.snowflake;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresLock;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges the staged files of each table, once all of them are there: one COPY, one MERGE, and a row
 * in LOADS, from which the next run goes on. Each of these may be repeated.
 */
public final class MergeTables extends PTransform<PCollection<KV<String, Long>>, PDone> {
  private static final long serialVersionUID = 1;

  private final PostgresConfig postgres;
  private final SnowflakeConfig snowflake;
  private final transient LoadPlan plan;

  private MergeTables(PostgresConfig postgres, SnowflakeConfig snowflake, LoadPlan plan) {
    this.postgres = requireNonNull(postgres, "postgres");
    this.snowflake = requireNonNull(snowflake, "snowflake");
    this.plan = requireNonNull(plan, "plan");
  }

  /**
   * Merges what {@link StageSlices} staged.
   *
   * @param postgres keeps the locks: a table has one writer at a time
   */
  public static MergeTables of(PostgresConfig postgres, SnowflakeConfig snowflake, LoadPlan plan) {
    return new MergeTables(postgres, snowflake, plan);
  }

  @Override
  public PDone expand(PCollection<KV<String, Long>> staged) {
    staged
        .apply("All of a table", GroupByKey.create())
        .apply("Merge", ParDo.of(new MergeFn(postgres, snowflake, plan.asRun())));
    return PDone.in(staged.getPipeline());
  }

  private static final class MergeFn extends DoFn<KV<String, Iterable<Long>>, Void> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(MergeTables.class);

    private final PostgresConfig postgres;
    private final SnowflakeConfig snowflake;
    private final LoadPlan.Run run;
    private final Counter rows = Metrics.counter("wattbeam", "warehouse_rows_merged");
    private transient SnowflakeSession warehouse;

    MergeFn(PostgresConfig postgres, SnowflakeConfig snowflake, LoadPlan.Run run) {
      this.postgres = postgres;
      this.snowflake = snowflake;
      this.run = run;
    }

    @Setup
    public void setUp() {
      warehouse = new SnowflakeSession(snowflake);
    }

    @ProcessElement
    public void process(@Element KV<String, Iterable<Long>> staged) throws InterruptedException {
      WarehouseTable table = WarehouseTable.named(staged.getKey());
      long expected =
          StreamSupport.stream(staged.getValue().spliterator(), false)
              .mapToLong(Long::longValue)
              .sum();
      String lock =
          "load " + snowflake.database().toUpperCase(Locale.ROOT) + ".RAW." + table.name();
      rows.inc(
          PostgresLock.of(postgres, lock)
              .hold(
                  () ->
                      warehouse.run(
                          "loading " + table.name(), session -> load(session, table, expected))));
    }

    /** Gives the number of rows that are new or changed. */
    private long load(SnowflakeSession session, WarehouseTable table, long expected)
        throws SQLException {
      long begin = System.nanoTime();
      long merged = 0;
      if (!LoadPlan.isDone(session, table.name(), run.name())) {
        merged = expected == 0 ? 0 : merge(session, table, expected);
        record(session, table, expected, merged);
        LOG.info(
            "{}: {} rows staged, {} new or changed, merged in {} ms",
            table.name(),
            expected,
            merged,
            (System.nanoTime() - begin) / 1_000_000);
      }
      if (expected > 0) {
        // Last: until the load is on record, a repeated merge needs the files.
        session.execute("REMOVE @" + LoadPlan.STAGE + "/" + run.directory(table) + "/");
      }
      return merged;
    }

    private void record(SnowflakeSession session, WarehouseTable table, long staged, long merged)
        throws SQLException {
      Instant since = run.since().get(table.name());
      session.execute(
          String.format(
              "INSERT INTO LOADS (TABLE_NAME, RUN, SINCE, UNTIL, ROWS_STAGED, ROWS_MERGED)"
                  + " SELECT '%s', '%s', %s, %s, %d, %d",
              table.name(),
              run.name(),
              since == null ? "NULL" : LoadPlan.literal(since),
              LoadPlan.literal(run.until()),
              staged,
              merged));
    }

    private long merge(SnowflakeSession session, WarehouseTable table, long expected)
        throws SQLException {
      session.execute(table.createTemporary());
      long copied = session.execute(table.copyInto(LoadPlan.STAGE, run.directory(table)));
      // More: files of an attempt that was cut into other slices, whose rows are no newer.
      if (copied < expected) {
        throw new SnowflakeException(
            String.format(
                "%s: %d rows were staged, but %d are on the stage %s: start the load again",
                table.name(), expected, copied, LoadPlan.STAGE));
      }
      long merged = session.execute(table.merge(run.name()));
      session.execute(table.dropTemporary());
      return merged;
    }

    @Teardown
    public void tearDown() {
      if (warehouse != null) {
        warehouse.close();
      }
    }
  }
}
