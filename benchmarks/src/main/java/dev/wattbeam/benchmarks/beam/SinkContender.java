package dev.wattbeam.benchmarks.beam;

import dev.wattbeam.benchmarks.parts.OutputTable;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.WriteRows;
import dev.wattbeam.pipelines.ConfigurationException;
import dev.wattbeam.pipelines.PipelineCommand;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.jdbc.JdbcIO;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/**
 * Writes the reference's rows of {@code downsampling} into the empty table, through WattBeam's sink
 * or Beam's. Reads them into memory before, and says when it begins to write.
 */
public final class SinkContender {
  private static final String NAME = "sink-contender";

  private SinkContender() {}

  /** Writes the rows; {@code --help} lists the options. */
  public static void main(String[] args) {
    PipelineCommand.run(NAME, args, SinkOptions.class, options -> List.of(), SinkContender::build);
  }

  static void build(Pipeline pipeline, SinkOptions options) {
    List<String> errors = new ArrayList<>();
    PostgresConfig postgres = PostgresConfig.from(options, errors);
    if (!errors.isEmpty()) {
      throw new ConfigurationException(errors);
    }
    PCollection<MinuteRow> rows =
        pipeline
            .apply("Once", Create.of(1))
            .apply("Rows", ParDo.of(new ReferenceFn(postgres)))
            .setCoder(SerializableCoder.of(MinuteRow.class));
    switch (options.getSink()) {
      case "upsert" ->
          rows.apply(
              "Upsert", WriteRows.to(postgres, (row, buffer) -> buffer.add(MinuteRow.TABLE, row)));
      case "jdbcio" -> rows.apply("JdbcIO", jdbcIo(postgres));
      default ->
          throw new ConfigurationException(
              List.of("--sink=" + options.getSink() + " is neither upsert nor jdbcio"));
    }
  }

  private static JdbcIO.Write<MinuteRow> jdbcIo(PostgresConfig postgres) {
    return JdbcIO.<MinuteRow>write()
        .withDataSourceConfiguration(
            JdbcIO.DataSourceConfiguration.create(
                    "org.postgresql.Driver",
                    // What makes batches fast with this driver.
                    postgres.url()
                        + (postgres.url().contains("?") ? "&" : "?")
                        + "reWriteBatchedInserts=true")
                .withUsername(postgres.user())
                .withPassword(postgres.password()))
        .withStatement(
            "INSERT INTO "
                + OutputTable.DOWNSAMPLING.qualifiedName()
                + " (meter, minute_ms, n, min_nw, max_nw, sum_nw) VALUES (?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (meter, minute_ms) DO UPDATE SET (n, min_nw, max_nw, sum_nw)"
                + " = ROW (excluded.n, excluded.min_nw, excluded.max_nw, excluded.sum_nw)")
        .withPreparedStatementSetter(
            (row, statement) -> {
              statement.setString(1, row.meter());
              statement.setLong(2, row.minuteMillis());
              statement.setInt(3, row.n());
              statement.setLong(4, row.min());
              statement.setLong(5, row.max());
              statement.setLong(6, row.sum());
            });
  }

  private static final class ReferenceFn extends DoFn<Integer, MinuteRow> {
    private static final long serialVersionUID = 1;

    private final PostgresConfig postgres;

    ReferenceFn(PostgresConfig postgres) {
      this.postgres = postgres;
    }

    @ProcessElement
    public void process(OutputReceiver<MinuteRow> out) throws SQLException {
      List<MinuteRow> rows = new ArrayList<>();
      try (Connection connection =
              DriverManager.getConnection(postgres.url(), postgres.user(), postgres.password());
          Statement statement = connection.createStatement();
          ResultSet result =
              statement.executeQuery(
                  "SELECT meter, minute_ms, n, min_nw, max_nw, sum_nw FROM reference.downsampling")) {
        while (result.next()) {
          rows.add(
              new MinuteRow(
                  result.getString(1),
                  result.getLong(2),
                  result.getInt(3),
                  result.getLong(4),
                  result.getLong(5),
                  result.getLong(6)));
        }
      }
      System.out.println("copying since " + System.currentTimeMillis());
      rows.forEach(out::output);
    }
  }
}
