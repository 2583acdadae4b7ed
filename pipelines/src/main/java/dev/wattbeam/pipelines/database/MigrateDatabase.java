package dev.wattbeam.pipelines.database;

import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import dev.wattbeam.io.postgres.PostgresException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * Brings the schema of a PostgreSQL database to the version of this program, and makes the login
 * role that the pipelines use. Run by the owner of the database; running it again changes nothing.
 */
public final class MigrateDatabase {
  public static final String NAME = "migrate-database";
  public static final String DESCRIPTION =
      "Makes or updates the tables in PostgreSQL, and the login of the pipelines.";

  private static final int EXIT_OK = 0;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_USAGE = 2;
  private static final Set<String> GROUPS = Set.of("wattbeam_pipeline", "wattbeam_reader");

  private MigrateDatabase() {}

  /** Runs the program; {@code --help} lists the options. */
  public static void main(String[] args) {
    System.exit(run(args, System.out, System.err));
  }

  /** 0 when the schema is there, 2 for wrong options, 1 when the database refused. */
  static int run(String[] args, PrintStream out, PrintStream err) {
    PipelineOptionsFactory.register(MigrateOptions.class);
    if (Arrays.asList(args).contains("--help")) {
      PipelineOptionsFactory.printHelp(out, MigrateOptions.class);
      return EXIT_OK;
    }
    List<String> errors = new ArrayList<>();
    MigrateOptions options;
    try {
      options = PipelineOptionsFactory.fromArgs(args).withValidation().as(MigrateOptions.class);
    } catch (IllegalArgumentException e) {
      err.println(NAME + ": " + e.getMessage().lines().findFirst().orElse("wrong options"));
      return EXIT_USAGE;
    }
    PostgresConfig owner = PostgresConfig.from(options, errors);
    String password = loginPassword(options, errors);
    if (!errors.isEmpty()) {
      errors.forEach(error -> err.println(NAME + ": " + error));
      return EXIT_USAGE;
    }
    try {
      int count = Migrations.migrate(owner);
      out.printf(
          "Schema wattbeam has version %d (%d %s run now).%n",
          Migrations.SCHEMA_VERSION, count, count == 1 ? "migration" : "migrations");
      if (password != null) {
        PostgresDatabase.createLogin(owner, options.getLogin(), password, options.getLoginGroup());
        out.printf("Login %s has the rights of %s.%n", options.getLogin(), options.getLoginGroup());
      }
      return EXIT_OK;
    } catch (PostgresException e) {
      err.println(NAME + ": " + e.getMessage());
      return EXIT_FAILED;
    }
  }

  /** Null when no login is asked for. */
  private static String loginPassword(MigrateOptions options, List<String> errors) {
    String file = options.getLoginPasswordFile();
    if (options.getLogin() == null) {
      if (file != null) {
        errors.add("--loginPasswordFile needs --login=NAME");
      }
      return null;
    }
    if (!GROUPS.contains(options.getLoginGroup())) {
      errors.add(
          "--loginGroup=" + options.getLoginGroup() + ": wattbeam_pipeline or wattbeam_reader");
    }
    if (options.getLogin().isBlank() || options.getLogin().equals(options.getPostgresUser())) {
      errors.add("--login=" + options.getLogin() + ": a role of its own, not the owner");
    }
    if (file == null) {
      errors.add("--login needs --loginPasswordFile=FILE");
      return null;
    }
    try {
      String password = Files.readString(Path.of(file)).strip();
      if (password.isEmpty()) {
        errors.add("--loginPasswordFile=" + file + " is empty: write the password into it");
      }
      return password;
    } catch (IOException | InvalidPathException e) {
      errors.add(
          "--loginPasswordFile="
              + file
              + " cannot be read ("
              + e.getClass().getSimpleName()
              + "): give a text file that this user may read");
      return null;
    }
  }
}
