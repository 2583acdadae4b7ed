package dev.wattbeam.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One PostgreSQL server in processes of its own, on 127.0.0.1, for the demo, tests and benchmarks.
 * Works as root and as a normal user.
 *
 * <p>Every connection needs a password (SCRAM), also the superuser's: it is generated at the first
 * start and kept in {@link #passwordFile()}, which only its owner can read. The server's time zone
 * is UTC.
 *
 * <p>{@link #stopImmediate()} and {@link #start()} simulate an outage: same data, same port. The
 * server keeps its promise about what was committed in such an outage; a temporary one does not
 * survive a crash of the machine (no fsync).
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final String SUPERUSER = "postgres";
  private static final String DATABASE = "wattbeam";
  private static final int START_ATTEMPTS = 3;
  private static final int COMMAND_SECONDS = 60;

  /** Holds everything of this server: data, password, log. */
  private final Path home;

  private final boolean temporary;
  private final PostgresAccount account;
  private final Path binaries;
  private final String password;
  private int port;
  private boolean running;

  private EmbeddedPostgres(Path home, boolean temporary, int port, PostgresAccount account) {
    this.home = home;
    this.temporary = temporary;
    this.port = port;
    this.account = account;
    Directories.create(home);
    this.binaries = PostgresBinaries.unpacked(cache(account));
    this.password = readOrMakePassword();
  }

  /**
   * Starts a server on a directory that is kept: a later start there finds the data again.
   *
   * @param home made if it does not exist; one server at a time
   * @param port 0 for a free one
   * @throws EmbeddedServerException when the port is taken or the directory is not usable
   */
  public static EmbeddedPostgres start(Path home, int port) {
    Ports.requireFree(port, "PostgreSQL", "--postgresPort");
    return started(
        new EmbeddedPostgres(home.toAbsolutePath(), false, port, PostgresAccount.find()));
  }

  /** Starts a server on a free port with a directory that {@link #close()} deletes. */
  public static EmbeddedPostgres startTemporary() {
    return startTemporary(PostgresAccount.find());
  }

  static EmbeddedPostgres startTemporary(PostgresAccount account) {
    Path home = Directories.temporary("wattbeam-postgres-");
    return started(new EmbeddedPostgres(home, true, 0, account));
  }

  private static EmbeddedPostgres started(EmbeddedPostgres postgres) {
    boolean anyPort = postgres.port == 0;
    if (postgres.temporary) {
      // Tests and one-shot runs that are cut off must not leave servers behind.
      Runtime.getRuntime().addShutdownHook(new Thread(postgres::close, "postgres-close"));
    }
    for (int attempt = 1; ; attempt++) {
      if (anyPort) {
        postgres.port = Ports.free();
      }
      try {
        postgres.start();
        postgres.createDatabase(DATABASE);
        return postgres;
      } catch (EmbeddedServerException e) {
        postgres.stop();
        // A free port may be taken by somebody else between the search and the start.
        if (!anyPort || attempt == START_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static Path cache(PostgresAccount account) {
    Path temporary =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "wattbeam-" + System.getProperty("user.name") + "-cache");
    // Nobody cannot enter root's home.
    if (account == PostgresAccount.NOBODY) {
      return temporary;
    }
    Path user = Path.of(System.getProperty("user.home"), ".cache", "wattbeam");
    try {
      Files.createDirectories(user);
      return Files.isWritable(user) ? user : temporary;
    } catch (IOException e) {
      return temporary; // A user without a usable home.
    }
  }

  private String readOrMakePassword() {
    Path file = passwordFile();
    try {
      if (Files.exists(file)) {
        return Files.readString(file).strip();
      }
      byte[] random = new byte[16];
      new SecureRandom().nextBytes(random);
      String made = HexFormat.of().formatHex(random);
      writePrivate(file, made);
      account.own(home);
      return made;
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "PostgreSQL's password file " + file + " cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * Writes a file that only its owner can read.
   *
   * @throws IOException when the file cannot be written
   */
  public static void writePrivate(Path file, String content) throws IOException {
    Files.deleteIfExists(file);
    boolean posix = Files.getFileStore(file.getParent()).supportsFileAttributeView("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    Files.createFile(file, attributes);
    Files.writeString(file, content, StandardOpenOption.WRITE);
  }

  /** Starts the server again after {@link #stopImmediate()}, on the same data and port. */
  public synchronized void start() {
    if (running) {
      return;
    }
    stopOrphan();
    Ports.requireFree(port, "PostgreSQL", "--postgresPort");
    initialise();
    List<String> command = new ArrayList<>();
    command.add("start");
    command.addAll(List.of("-w", "-t", String.valueOf(COMMAND_SECONDS), "-s"));
    command.addAll(List.of("-l", log().toString(), "-o", settings()));
    String problem = pgCtl(command);
    if (problem != null) {
      throw new EmbeddedServerException(
          "PostgreSQL does not start on 127.0.0.1:"
              + port
              + " with the data in "
              + home
              + ": "
              + lastFatal(problem));
    }
    running = true;
  }

  /**
   * A server whose process was killed before it could stop PostgreSQL: only one may use the data.
   */
  private void stopOrphan() {
    if (Files.exists(data().resolve("postmaster.pid"))) {
      // pg_ctl itself finds out whether the process is still there.
      pgCtl(List.of("stop", "-m", "fast", "-w", "-s"));
    }
  }

  private void initialise() {
    Path data = data();
    try {
      if (Files.exists(data)) {
        requireSameVersion(data);
        return;
      }
      // A first start that is cut off must not leave half a database behind.
      Path unfinished = home.resolve("data-unfinished");
      Directories.deleteRecursively(unfinished);
      List<String> command = new ArrayList<>(account.prefix());
      command.add(binaries.resolve("bin").resolve("initdb").toString());
      command.addAll(List.of("-D", unfinished.toString(), "-U", SUPERUSER, "-N"));
      command.addAll(List.of("-A", "scram-sha-256", "--pwfile", passwordFile().toString()));
      command.addAll(List.of("-E", "UTF8", "--locale=C"));
      String problem = run(command);
      if (problem != null) {
        throw new EmbeddedServerException(
            "PostgreSQL cannot make a database in " + home + ": " + oneLine(problem));
      }
      Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "PostgreSQL's directory " + home + " cannot be used: " + e.getMessage(), e);
    }
  }

  private void requireSameVersion(Path data) throws IOException {
    Path versionFile = data.resolve("PG_VERSION");
    String found = Files.exists(versionFile) ? Files.readString(versionFile).strip() : "none";
    String wanted = majorVersion();
    if (!found.equals(wanted)) {
      throw new EmbeddedServerException(
          String.format(
              "%s holds a database of PostgreSQL version %s, this program brings version %s; move"
                  + " the directory away or choose another one",
              data, found, wanted));
    }
  }

  private String majorVersion() {
    List<String> command = new ArrayList<>(account.prefix());
    command.addAll(List.of(binaries.resolve("bin").resolve("postgres").toString(), "-V"));
    Path output = home.resolve("version.out");
    run(command, output);
    try {
      // postgres (PostgreSQL) 17.6
      String text = Files.readString(output).strip();
      Files.deleteIfExists(output);
      String number = text.substring(text.lastIndexOf(' ') + 1);
      int dot = number.indexOf('.');
      return dot < 0 ? number : number.substring(0, dot);
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot read " + output + ": " + e.getMessage(), e);
    }
  }

  private String settings() {
    StringBuilder text = new StringBuilder("-p ").append(port);
    Map<String, String> settings =
        Map.of(
            "listen_addresses", "127.0.0.1",
            // The path of a socket must be short, which that of a data directory may not be.
            "unix_socket_directories", "''",
            "timezone", "UTC",
            "log_timezone", "UTC",
            "max_connections", "200",
            "max_wal_size", "2GB",
            "jit", "off",
            "fsync", temporary ? "off" : "on");
    settings.forEach((name, value) -> text.append(" -c ").append(name).append('=').append(value));
    return text.toString();
  }

  /**
   * Makes a database; one that exists stays as it is.
   *
   * @param name a plain SQL name: lower-case letters, digits and underscores
   * @return its JDBC URL, without user and password
   */
  public String createDatabase(String name) {
    if (!name.matches("[a-z_][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException("Not a plain name of a database: " + name);
    }
    try (Connection connection = DriverManager.getConnection(url(SUPERUSER), SUPERUSER, password);
        PreparedStatement find =
            connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?")) {
      find.setString(1, name);
      try (ResultSet found = find.executeQuery();
          Statement statement = connection.createStatement()) {
        if (!found.next()) {
          statement.execute("CREATE DATABASE " + name);
        }
      }
      return url(name);
    } catch (SQLException e) {
      throw new EmbeddedServerException(
          "PostgreSQL on port "
              + port
              + " does not make the database "
              + name
              + ": "
              + oneLine(e.getMessage()),
          e);
    }
  }

  /** Host, port and database, without user and password. */
  public String jdbcUrl() {
    return url(DATABASE);
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /**
   * The same with the user.
   *
   * @param user a role that may log in
   */
  public String jdbcUrl(String user) {
    return jdbcUrl() + "?user=" + user;
  }

  public int port() {
    return port;
  }

  /** Name of the database, empty after the first start. */
  public String database() {
    return DATABASE;
  }

  /** The superuser, which owns the database. */
  public String user() {
    return SUPERUSER;
  }

  /** The superuser's password. */
  public String password() {
    return password;
  }

  /** The file that holds the superuser's password. */
  public Path passwordFile() {
    return home.resolve("postgres.password");
  }

  private Path data() {
    return home.resolve("data");
  }

  private Path log() {
    return home.resolve("server.log");
  }

  /** Stops as a crash does: connections break, nothing is tidied up; committed data stays. */
  public synchronized void stopImmediate() {
    stop("immediate");
  }

  /** Stops in good order, but does not wait for clients; the data stays. */
  public synchronized void stop() {
    stop("fast");
  }

  private void stop(String mode) {
    if (running) {
      String problem = pgCtl(List.of("stop", "-m", mode, "-w", "-s"));
      if (problem != null) {
        throw new EmbeddedServerException("PostgreSQL does not stop: " + oneLine(problem));
      }
      running = false;
    }
  }

  /** Stops the server; a temporary one's data is deleted. */
  @Override
  public synchronized void close() {
    stop(temporary ? "immediate" : "fast");
    if (temporary) {
      Directories.deleteRecursively(home);
    }
  }

  /** Runs pg_ctl, which puts the server into a session of its own: Ctrl-C does not reach it. */
  private String pgCtl(List<String> arguments) {
    List<String> command = new ArrayList<>(account.prefix());
    command.add(binaries.resolve("bin").resolve("pg_ctl").toString());
    command.addAll(arguments);
    command.addAll(List.of("-D", data().toString()));
    return run(command);
  }

  /** What a failed command said; null when it went well. */
  private String run(List<String> command) {
    Path output = home.resolve("command.out");
    return run(command, output);
  }

  private String run(List<String> command, Path output) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            // A file, not a pipe: the server inherits it and would keep a pipe open.
            .redirectOutput(output.toFile());
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("TZ", "UTC");
    try {
      Process process = builder.start();
      if (!process.waitFor(COMMAND_SECONDS + 10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return "no answer within " + (COMMAND_SECONDS + 10) + " s";
      }
      return process.exitValue() == 0
          ? null
          : "exit code " + process.exitValue() + ": " + Files.readString(output);
    } catch (IOException e) {
      throw new EmbeddedServerException("Cannot run " + command.get(0) + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedServerException("Interrupted while PostgreSQL starts or stops", e);
    }
  }

  /** The server's own last word, which says more than pg_ctl's. */
  private String lastFatal(String problem) {
    try {
      List<String> lines =
          Files.exists(log()) ? Files.readAllLines(log(), StandardCharsets.UTF_8) : List.of();
      for (int i = lines.size() - 1; i >= 0; i--) {
        if (lines.get(i).contains("FATAL:") || lines.get(i).contains("could not bind")) {
          return lines.get(i) + " (more in " + log() + ")";
        }
      }
    } catch (IOException e) {
      return oneLine(problem) + "; its log cannot be read: " + e.getMessage();
    }
    return oneLine(problem);
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
