package dev.wattbeam.stores;

import dev.wattbeam.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Snowflake's stand-in, installed and started by itself: the Python package fakesnow, which speaks
 * Snowflake's protocol and runs its SQL on DuckDB. What it shows is that the driver, the protocol
 * and the statements work together; not Snowflake's locks, rights, types and speed.
 */
public final class FakeSnow implements AutoCloseable {
  private static final Path FILES = Path.of("servers", "fakesnow").toAbsolutePath();
  private static final Path HOME =
      Path.of("..", "..", ".wattbeam", "fakesnow-0.12.1").toAbsolutePath().normalize();

  private final Process process;
  private final Path directory;
  private final int port;

  private FakeSnow(Process process, Path directory, int port) {
    this.process = process;
    this.directory = directory;
    this.port = port;
  }

  public static FakeSnow start() {
    return start(Map.of());
  }

  /**
   * Starts a server that loads from S3, too.
   *
   * @param environment where that is, and the login, as Amazon's clients expect them
   */
  static FakeSnow start(Map<String, String> environment) {
    try {
      install();
      Path directory = Files.createTempDirectory("wattbeam-fakesnow");
      writeKey(directory.resolve("key.p8"));
      int port;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
      ProcessBuilder command =
          new ProcessBuilder(
              HOME.resolve("bin/python").toString(),
              FILES.resolve("server.py").toString(),
              String.valueOf(port));
      command.environment().put("TZ", "UTC");
      command.environment().put("TMPDIR", directory.toString());
      command.environment().putAll(environment);
      command.redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile());
      FakeSnow server = new FakeSnow(command.start(), directory, port);
      Runtime.getRuntime().addShutdownHook(new Thread(server.process::destroyForcibly));
      server.awaitPort();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Once per checkout; a broken attempt leaves no mark and is made anew. */
  private static void install() throws IOException {
    Path requirements = FILES.resolve("requirements.txt");
    Path mark = HOME.resolve("installed.txt");
    if (Files.exists(mark) && Files.mismatch(mark, requirements) < 0) {
      return;
    }
    String python = System.getenv().getOrDefault("WATTBEAM_PYTHON", "python3");
    run(python, "-m", "venv", "--clear", HOME.toString());
    run(
        HOME.resolve("bin/python").toString(),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
        requirements.toString());
    Files.copy(requirements, mark);
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    try {
      if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(
            String.join(" ", command)
                + " failed: the stand-in for Snowflake needs Python 3.11 with venv (or its path in"
                + " WATTBEAM_PYTHON) and a package index");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void writeKey(Path file) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
      String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
      EmbeddedPostgres.writePrivate(
          file, "-----BEGIN PRIVATE KEY-----\n" + text + "\n-----END PRIVATE KEY-----\n");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitPort() throws IOException {
    for (int attempt = 0; attempt < 300 && process.isAlive(); attempt++) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        pause(200);
      }
    }
    throw new IllegalStateException(
        "The stand-in for Snowflake did not start: " + Files.readString(directory.resolve("log")));
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return port;
  }

  Path keyFile() {
    return directory.resolve("key.p8");
  }

  /** The options of a program that works with a database of this server. */
  public List<String> options(String database) {
    return options(database, port);
  }

  /** The same through another port. */
  List<String> options(String database, int port) {
    return List.of(
        "--snowflakeUrl=" + url(port),
        "--snowflakeUser=loader",
        "--snowflakePrivateKeyFile=" + keyFile(),
        "--snowflakeDatabase=" + database);
  }

  /** The driver's own patience is about a minute for each failure. */
  private static String url(int port) {
    return "jdbc:snowflake://localhost:"
        + port
        + "/?ssl=off&account=fakesnow&maxHttpRetries=1&retryTimeout=5";
  }

  /** Rows as text, values joined by a bar. */
  public List<String> query(String database, String sql) {
    Properties properties = new Properties();
    properties.setProperty("user", "test");
    properties.setProperty("password", "any");
    properties.setProperty("db", database);
    properties.setProperty("schema", "RAW");
    properties.setProperty("disablePlatformDetection", "true");
    properties.setProperty("CLIENT_TELEMETRY_ENABLED", "false");
    try (Connection connection = DriverManager.getConnection(url(port), properties);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return Rows.of(result);
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try (Stream<Path> files = Files.walk(directory)) {
      process.waitFor();
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
