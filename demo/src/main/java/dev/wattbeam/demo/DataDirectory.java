package dev.wattbeam.demo;

import dev.wattbeam.embedded.Directories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where the servers keep their data. One demo at a time may use it. */
final class DataDirectory implements AutoCloseable {
  private final Path path;
  private final boolean ephemeral;
  private final FileChannel lockFile;
  private final FileLock lock;

  private DataDirectory(Path path, boolean ephemeral, FileChannel lockFile, FileLock lock) {
    this.path = path;
    this.ephemeral = ephemeral;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /**
   * Makes the directory if needed and locks it.
   *
   * @throws DemoException when another demo uses it or it cannot be written
   */
  static DataDirectory open(DemoConfig config) {
    Path path;
    try {
      path =
          config.ephemeral()
              ? Files.createTempDirectory("wattbeam-")
              : Files.createDirectories(config.dataDir().toAbsolutePath().normalize());
    } catch (IOException e) {
      throw new DemoException(
          "The data directory "
              + config.dataDir()
              + " cannot be made ("
              + e.getMessage()
              + "); choose another one with --data-dir",
          e);
    }
    Path file = path.resolve("lock");
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        String holder = Files.readString(file, StandardCharsets.UTF_8).strip();
        channel.close();
        throw new DemoException(
            "Another demo (process "
                + holder
                + ") uses the data directory "
                + config.dataDir()
                + "; stop it, or choose another directory with --data-dir or --ephemeral");
      }
      String pid = ProcessHandle.current().pid() + "\n";
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)), 0);
      return new DataDirectory(path, config.ephemeral(), channel, lock);
    } catch (IOException e) {
      throw new DemoException(
          "The data directory "
              + config.dataDir()
              + " cannot be used ("
              + e.getMessage()
              + "); choose another one with --data-dir",
          e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // A second demo in this very process, as in tests.
    }
  }

  Path kafka() {
    return path.resolve("kafka");
  }

  Path postgres() {
    return path.resolve("postgres");
  }

  Path log() {
    return path.resolve("demo.log");
  }

  Path simulation() {
    return path.resolve("simulation.properties");
  }

  /** Of a login role of the database. */
  Path passwordFile(String user) {
    return path.resolve(user + ".password");
  }

  Path path() {
    return path;
  }

  /** Unlocks the directory; an ephemeral one is deleted. */
  @Override
  public void close() {
    try {
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new DemoException("The lock of " + path + " cannot be released: " + e.getMessage(), e);
    } finally {
      if (ephemeral) {
        Directories.deleteRecursively(path);
      }
    }
  }
}
