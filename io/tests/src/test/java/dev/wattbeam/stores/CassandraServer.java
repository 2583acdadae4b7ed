package dev.wattbeam.stores;

import dev.wattbeam.embedded.Directories;
import dev.wattbeam.embedded.Ports;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A real Cassandra server, one node, as a process of its own on 127.0.0.1. {@link #kill} and {@link
 * #start} simulate an outage: same data, same port.
 */
public final class CassandraServer implements AutoCloseable {
  /** As its snitch calls it. */
  public static final String DATACENTER = "datacenter1";

  private static final Path HOME = Path.of("servers", "cassandra").toAbsolutePath();
  private static final long START_LIMIT = TimeUnit.SECONDS.toNanos(120);

  private final Path directory;
  private final boolean withLogin;
  private final int port = Ports.free();
  private final int storagePort = Ports.free();
  private Process process;

  private CassandraServer(Path directory, boolean withLogin) {
    this.directory = directory;
    this.withLogin = withLogin;
  }

  /** Lets everybody in. */
  public static CassandraServer startTemporary() throws IOException {
    return startTemporary(false);
  }

  /** Wants a login; there is the superuser cassandra with the password cassandra. */
  public static CassandraServer startTemporaryWithLogin() throws IOException {
    return startTemporary(true);
  }

  private static CassandraServer startTemporary(boolean withLogin) throws IOException {
    CassandraServer server =
        new CassandraServer(Files.createTempDirectory("wattbeam-cassandra-"), withLogin);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    server.start();
    return server;
  }

  /** Starts the server and waits until it takes connections; also again after {@link #kill}. */
  public void start() throws IOException {
    String classPath = Files.readString(HOME.resolve("target/class-path"));
    Map<String, String> settings =
        Map.of(
            "@DIRECTORY@", directory.toString(),
            "@PORT@", String.valueOf(port),
            "@STORAGE_PORT@", String.valueOf(storagePort),
            "@AUTHENTICATOR@", withLogin ? "PasswordAuthenticator" : "AllowAllAuthenticator",
            "@AUTHORIZER@", withLogin ? "CassandraAuthorizer" : "AllowAllAuthorizer");
    String yaml = Files.readString(HOME.resolve("cassandra.yaml"));
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      yaml = yaml.replace(setting.getKey(), setting.getValue());
    }
    Path configuration = Files.writeString(directory.resolve("cassandra.yaml"), yaml);
    String agent =
        Arrays.stream(classPath.split(File.pathSeparator))
            .filter(jar -> jar.contains("jamm"))
            .findFirst()
            .orElseThrow();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + HOME.resolve("java-options"));
    command.add("-javaagent:" + agent);
    command.add("-Dcassandra.config=" + configuration.toUri());
    command.add("-Dcassandra.storagedir=" + directory);
    command.add("-Dlogback.configurationFile=" + HOME.resolve("logback.xml"));
    command.add("org.apache.cassandra.service.CassandraDaemon");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().put("CLASSPATH", classPath);
    process = builder.start();
    awaitStart();
  }

  private Path log() {
    return directory.resolve("log");
  }

  private void awaitStart() throws IOException {
    long deadline = System.nanoTime() + START_LIMIT;
    while (System.nanoTime() < deadline && process.isAlive()) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        pause();
      }
    }
    throw new IllegalStateException("Cassandra did not start:\n" + Files.readString(log()));
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(200);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** HOST:PORT for clients. */
  public String contactPoint() {
    return "127.0.0.1:" + port;
  }

  /** Ends the process at once, as a crash does, and keeps the data. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
    Directories.deleteRecursively(directory);
  }
}
