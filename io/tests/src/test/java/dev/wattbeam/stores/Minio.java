package dev.wattbeam.stores;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A real MinIO server with one bucket, {@code raw}; this process has its login. */
final class Minio implements AutoCloseable {
  private static final String USER = "wattbeam";
  private static final String PASSWORD = "not-a-secret";

  private final Server server;
  private final String endpoint;

  private Minio(Server server, String endpoint) {
    this.server = server;
    this.endpoint = endpoint;
  }

  /** Starts a server that keeps its files in an empty folder. */
  static Minio start(Path folder) {
    String program = Server.output("servers/minio/install");
    int port = Server.freePort();
    try {
      Server server =
          Server.start(
              List.of(
                  program,
                  "server",
                  Files.createDirectory(folder.resolve("data")).toString(),
                  "--address=127.0.0.1:" + port,
                  "--console-address=127.0.0.1:" + Server.freePort()),
              Map.of("MINIO_ROOT_USER", USER, "MINIO_ROOT_PASSWORD", PASSWORD),
              folder.resolve("minio.log"),
              port);
      Minio minio = new Minio(server, "http://127.0.0.1:" + port);
      System.setProperty("aws.accessKeyId", USER);
      System.setProperty("aws.secretAccessKey", PASSWORD);
      try (S3Client client =
          S3Client.builder()
              .endpointOverride(URI.create(minio.endpoint))
              .region(Region.US_EAST_1)
              .forcePathStyle(true)
              .build()) {
        client.createBucket(request -> request.bucket("raw"));
      }
      return minio;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Server server() {
    return server;
  }

  String endpoint() {
    return endpoint;
  }

  /** What another process needs to log in. */
  static Map<String, String> login() {
    return Map.of("AWS_ACCESS_KEY_ID", USER, "AWS_SECRET_ACCESS_KEY", PASSWORD);
  }

  @Override
  public void close() {
    server.close();
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }
}
