package dev.wattbeam.pipelines.warehouse;

import dev.wattbeam.io.snowflake.SnowflakeConfig;
import dev.wattbeam.io.snowflake.SnowflakeException;
import dev.wattbeam.io.snowflake.SnowflakeOptions;
import dev.wattbeam.io.snowflake.WarehouseSchema;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * Makes the tables and views that {@link LoadWarehouse} and {@link LoadMessages} need in Snowflake.
 * Run with the role that owns them; running it again makes what is missing, and the views anew.
 */
public final class MigrateWarehouse {
  public static final String NAME = "migrate-warehouse";
  public static final String DESCRIPTION = "Makes or updates the tables and views in Snowflake.";

  private static final int EXIT_OK = 0;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;
  private static final String OWNER = "WATTBEAM_OWNER";

  private MigrateWarehouse() {}

  /** Runs the program; {@code --help} lists the options. */
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /** 0 when tables and views are there, 2 for wrong options, 1 when Snowflake refused. */
  static int run(String[] args, PrintStream out, PrintStream err) {
    PipelineOptionsFactory.register(SnowflakeOptions.class);
    if (Arrays.asList(args).contains("--help")) {
      PipelineOptionsFactory.printHelp(out, SnowflakeOptions.class);
      return EXIT_OK;
    }
    List<String> errors = new ArrayList<>();
    SnowflakeOptions options;
    try {
      options = PipelineOptionsFactory.fromArgs(args).withValidation().as(SnowflakeOptions.class);
    } catch (IllegalArgumentException e) {
      err.println(NAME + ": " + e.getMessage().lines().findFirst().orElse("wrong options"));
      return EXIT_USAGE;
    }
    if (Arrays.stream(args).noneMatch(arg -> arg.startsWith("--snowflakeRole="))) {
      // The usual role of the options may not make anything.
      options.setSnowflakeRole(OWNER);
    }
    SnowflakeConfig owner = SnowflakeConfig.from(options, errors);
    if (owner == null) {
      errors.forEach(error -> err.println(NAME + ": " + error));
      return EXIT_USAGE;
    }
    try {
      out.printf(
          "Tables and views are up to date (%d statements run).%n", WarehouseSchema.migrate(owner));
      return EXIT_OK;
    } catch (SnowflakeException e) {
      err.println(NAME + ": " + e.getMessage());
      return EXIT_FAILED;
    }
  }
}
