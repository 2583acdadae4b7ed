package dev.wattbeam.stores;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archive in a real HDFS: a name node and a data node in a process of their own. */
@Tag("store")
final class ArchiveInHdfsTest {

  @TempDir static Path folder;

  private static Server hdfs;
  private static ArchiveCase archive;

  @BeforeAll
  static void start() throws Exception {
    Path lib = Path.of("servers", "hdfs", "target", "lib").toAbsolutePath();
    int port = Server.freePort();
    String data = Files.createDirectory(folder.resolve("hdfs")).toString();
    // Once only: what is started again after an outage has to find its files.
    server(lib, data, port, "-format").close();
    hdfs = server(lib, data, port);
    archive = new ArchiveCase("hdfs://127.0.0.1:" + port + "/archive", Map.of());
  }

  private static Server server(Path lib, String data, int port, String... more) {
    List<String> command =
        Server.java(
            lib + "/*",
            "-Dtest.build.data=" + data,
            "-Dhdfs.minidfs.basedir=" + data,
            "org.apache.hadoop.test.MiniDFSClusterManager",
            "-nnport",
            String.valueOf(port),
            "-datanodes",
            "1");
    command.addAll(List.of(more));
    return Server.start(command, Map.of(), folder.resolve("hdfs.log"), port);
  }

  @AfterAll
  static void stop() {
    if (archive != null) {
      archive.close();
    }
    if (hdfs != null) {
      hdfs.close();
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
    archive.outlastsAnOutage(hdfs);
  }
}
