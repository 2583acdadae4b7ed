package dev.wattbeam.stores;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive in a real MinIO server. */
@Tag("store")
final class ArchiveInMinioTest {
  @TempDir static Path folder;

  private static Minio minio;
  private static ArchiveCase archive;

  @BeforeAll
  static void start() {
    minio = Minio.start(folder);
    archive =
        new ArchiveCase(
            "s3://raw/archive", Minio.login(), "--archiveS3Endpoint=" + minio.endpoint());
  }

  @AfterAll
  static void stop() {
    if (archive != null) {
      archive.close();
    }
    if (minio != null) {
      minio.close();
    }
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
    archive.outlastsAnOutage(minio.server());
  }
}
