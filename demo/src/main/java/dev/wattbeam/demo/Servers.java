package dev.wattbeam.demo;

import dev.wattbeam.embedded.EmbeddedKafka;
import dev.wattbeam.embedded.EmbeddedPostgres;
import dev.wattbeam.embedded.EmbeddedServerException;
import dev.wattbeam.io.postgres.Migrations;
import dev.wattbeam.io.postgres.PostgresConfig;
import dev.wattbeam.io.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;

/** Kafka with the topic of readings, and PostgreSQL with the tables and two login roles. */
final class Servers implements AutoCloseable {
  /** Login role of the pipeline: reads and writes rows, cannot drop or alter. */
  static final String PIPELINE_USER = "wattbeam_demo";

  /** Login role for people: reads only. */
  static final String READER_USER = "wattbeam_view";

  private final EmbeddedKafka kafka;
  private final EmbeddedPostgres postgres;
  private final DataDirectory directory;
  private final String database;
  private final String url;

  private Servers(
      EmbeddedKafka kafka,
      EmbeddedPostgres postgres,
      DataDirectory directory,
      String database,
      String url) {
    this.kafka = kafka;
    this.postgres = postgres;
    this.directory = directory;
    this.database = database;
    this.url = url;
  }

  /**
   * Starts both at the same time.
   *
   * @param topic made if it does not exist
   * @param database made if it does not exist; null for the standard one
   * @param told gets a line for each thing that is ready
   * @throws EmbeddedServerException or another exception with one line for the user
   */
  static Servers start(
      DemoConfig config, DataDirectory directory, String topic, String database, Progress told) {
    ExecutorService threads = Threads.daemons("start", 2);
    try {
      CompletableFuture<EmbeddedKafka> kafka =
          CompletableFuture.supplyAsync(() -> startKafka(config, directory, topic, told), threads);
      CompletableFuture<Servers> both =
          CompletableFuture.supplyAsync(
              () -> startPostgres(kafka, config, directory, database, told), threads);
      // Neither may be left running when the other one fails.
      kafka.exceptionally(e -> null).join();
      try {
        return both.join();
      } catch (CompletionException e) {
        if (!kafka.isCompletedExceptionally()) {
          kafka.join().close();
        }
        throw e;
      }
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    } finally {
      threads.shutdownNow();
    }
  }

  private static EmbeddedKafka startKafka(
      DemoConfig config, DataDirectory directory, String topic, Progress told) {
    long start = System.nanoTime();
    EmbeddedKafka kafka = EmbeddedKafka.start(directory.kafka(), config.kafkaPort());
    try {
      kafka.createTopic(topic, DemoConfig.PARTITIONS);
    } catch (EmbeddedServerException e) {
      kafka.close();
      throw e;
    }
    told.say(
        "Kafka       %s, topic '%s' with %d partitions (%s)",
        kafka.bootstrapServers(), topic, DemoConfig.PARTITIONS, Progress.since(start));
    return kafka;
  }

  private static Servers startPostgres(
      CompletableFuture<EmbeddedKafka> kafka,
      DemoConfig config,
      DataDirectory directory,
      String database,
      Progress told) {
    long start = System.nanoTime();
    EmbeddedPostgres postgres = EmbeddedPostgres.start(directory.postgres(), config.postgresPort());
    try {
      String name = database == null ? postgres.database() : database;
      String url = postgres.createDatabase(name);
      PostgresConfig owner = PostgresConfig.of(url, postgres.user(), postgres.password());
      Migrations.migrate(owner);
      createLogin(owner, PIPELINE_USER, "wattbeam_pipeline", directory);
      createLogin(owner, READER_USER, "wattbeam_reader", directory);
      told.say(
          "PostgreSQL  127.0.0.1:%d, database '%s', tables migrated (%s)",
          postgres.port(), name, Progress.since(start));
      return new Servers(kafka.join(), postgres, directory, name, url);
    } catch (RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  private static void createLogin(
      PostgresConfig owner, String user, String group, DataDirectory directory) {
    PostgresDatabase.createLogin(owner, user, password(directory.passwordFile(user)), group);
  }

  private static String password(Path file) {
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      byte[] random = new byte[12];
      new SecureRandom().nextBytes(random);
      String password = HexFormat.of().formatHex(random);
      EmbeddedPostgres.writePrivate(file, password);
      return password;
    } catch (IOException e) {
      throw new DemoException("The file " + file + " cannot be used: " + e.getMessage(), e);
    }
  }

  EmbeddedKafka kafka() {
    return kafka;
  }

  String jdbcUrl() {
    return url;
  }

  String database() {
    return database;
  }

  int postgresPort() {
    return postgres.port();
  }

  /** The database with the rights of the pipeline. */
  PostgresConfig pipelineAccess() {
    return PostgresConfig.of(url, PIPELINE_USER, password(directory.passwordFile(PIPELINE_USER)));
  }

  Path passwordFile(String user) {
    return directory.passwordFile(user);
  }

  /** A connection that only reads. */
  Connection reader() throws SQLException {
    return PostgresDatabase.connect(
        PostgresConfig.of(url, READER_USER, password(directory.passwordFile(READER_USER))));
  }

  /** Stops both; the data stays. */
  @Override
  public void close() {
    try {
      kafka.close();
    } finally {
      postgres.close();
    }
  }
}
