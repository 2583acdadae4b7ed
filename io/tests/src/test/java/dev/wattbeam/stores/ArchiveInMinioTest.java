package dev.wattbeam.stores;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The archive in a real MinIO server. */
@Tag("store")
final class ArchiveInMinioTest {
  private static final String USER = "wattbeam";
  private static final String PASSWORD = "not-a-secret";
  private static final Map<String, String> LOGIN =
      Map.of("AWS_ACCESS_KEY_ID", USER, "AWS_SECRET_ACCESS_KEY", PASSWORD);

  @TempDir static Path folder;

  private static Server minio;
  private static ArchiveCase archive;

  @BeforeAll
  static void start() throws Exception {
    String program = Server.output("servers/minio/install");
    int port = Server.freePort();
    String endpoint = "http://127.0.0.1:" + port;
    minio =
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
    System.setProperty("aws.accessKeyId", USER);
    System.setProperty("aws.secretAccessKey", PASSWORD);
    try (S3Client client =
        S3Client.builder()
            .endpointOverride(URI.create(endpoint))
            .region(Region.US_EAST_1)
            .forcePathStyle(true)
            .build()) {
      client.createBucket(request -> request.bucket("raw"));
    }
    archive = new ArchiveCase("s3://raw/archive", LOGIN, "--archiveS3Endpoint=" + endpoint);
  }

  @AfterAll
  static void stop() {
    if (archive != null) {
      archive.close();
    }
    if (minio != null) {
      minio.close();
    }
    System.clearProperty("aws.accessKeyId");
    System.clearProperty("aws.secretAccessKey");
  }

  @Test
  void keepsEachMessageOnce() throws Exception {
    archive.keepsEachMessageOnce();
  }

  @Test
  void survivesKills() throws Exception {
    archive.survivesKills();
  }

  @Test
  void outlastsAnOutage() throws Exception {
    archive.outlastsAnOutage(
        minio, Duration.parse(System.getProperty("wattbeam.test.outage", "PT10S")));
  }
}
