package dev.wattbeam.io.snowflake;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.TableSlices;
import dev.wattbeam.io.postgres.TableSlices.CompressedRows;
import dev.wattbeam.io.postgres.TableSlices.Slice;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Copies rows of PostgreSQL into files on Snowflake's stage, one file per slice, with a name that
 * says which; a repeated bundle replaces its files. Gives for each slice its table and its rows.
 */
public final class StageSlices extends PTransform<PBegin, PCollection<KV<String, Long>>> {
  private static final long serialVersionUID = 1;

  private final PostgresConfig postgres;
  private final SnowflakeConfig snowflake;
  private final transient LoadPlan plan;

  private StageSlices(PostgresConfig postgres, SnowflakeConfig snowflake, LoadPlan plan) {
    this.postgres = requireNonNull(postgres, "postgres");
    this.snowflake = requireNonNull(snowflake, "snowflake");
    this.plan = requireNonNull(plan, "plan");
  }

  /** Stages what the plan says. */
  public static StageSlices of(PostgresConfig postgres, SnowflakeConfig snowflake, LoadPlan plan) {
    return new StageSlices(postgres, snowflake, plan);
  }

  @Override
  public PCollection<KV<String, Long>> expand(PBegin begin) {
    return begin
        .apply("Slices", Create.of(plan.slices()).withCoder(SliceCoder.of()))
        .apply("Spread", Reshuffle.viaRandomKey())
        .apply("Stage", ParDo.of(new StageFn(postgres, snowflake, plan.asRun())));
  }

  private static final class StageFn extends DoFn<Slice, KV<String, Long>> {
    private static final long serialVersionUID = 1;

    private final PostgresConfig postgres;
    private final SnowflakeConfig snowflake;
    private final LoadPlan.Run run;
    private final Counter rows = Metrics.counter("wattbeam", "warehouse_rows_staged");
    private transient TableSlices tables;
    private transient SnowflakeSession warehouse;

    StageFn(PostgresConfig postgres, SnowflakeConfig snowflake, LoadPlan.Run run) {
      this.postgres = postgres;
      this.snowflake = snowflake;
      this.run = run;
    }

    @Setup
    public void setUp() {
      tables = TableSlices.of(postgres);
      warehouse = new SnowflakeSession(snowflake);
    }

    @ProcessElement
    public void process(@Element Slice slice, OutputReceiver<KV<String, Long>> out) {
      WarehouseTable table = WarehouseTable.named(slice.table());
      CompressedRows read =
          tables.read(slice, table.selected(), table.also(), run.since().get(table.name()));
      if (read.rows() > 0) {
        warehouse.run(
            "staging " + slice.name(),
            session -> {
              session.upload(
                  LoadPlan.STAGE, run.directory(table), slice.name() + ".csv.gz", read.gzip());
              return null;
            });
        rows.inc(read.rows());
      }
      // A table without changes is merged too, so that its load is on record.
      out.output(KV.of(slice.table(), read.rows()));
    }

    @Teardown
    public void tearDown() {
      if (tables != null) {
        tables.close();
        warehouse.close();
      }
    }
  }
}
