package dev.wattbeam.embedded;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How PostgreSQL's programs are started: PostgreSQL refuses to run as root, so root starts them in
 * a user namespace of their own, or, where that is forbidden (many containers), as user nobody.
 */
enum PostgresAccount {
  /** The user of this process. */
  SELF(List.of()),
  /** Root, inside a user namespace in which it is nobody special. */
  NAMESPACE(List.of("unshare", "-U")),
  /** The user nobody. */
  NOBODY(
      List.of(
          "setpriv",
          "--reuid=" + PostgresAccount.NOBODY_ID,
          "--regid=" + PostgresAccount.NOBODY_ID,
          "--clear-groups"));

  private static final int NOBODY_ID = 65_534;

  private final List<String> prefix;

  PostgresAccount(List<String> prefix) {
    this.prefix = prefix;
  }

  /** What to put in front of a command. */
  List<String> prefix() {
    return prefix;
  }

  /** The first account that works here. */
  static PostgresAccount find() {
    if (!"root".equals(System.getProperty("user.name"))) {
      return SELF;
    }
    for (PostgresAccount account : List.of(NAMESPACE, NOBODY)) {
      if (account.works()) {
        return account;
      }
    }
    throw new EmbeddedServerException(
        "PostgreSQL refuses to run as root, and this machine allows neither 'unshare -U' nor"
            + " 'setpriv --reuid=nobody'; start the program as a normal user");
  }

  private boolean works() {
    List<String> command = new ArrayList<>(prefix);
    command.add("true");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false; // The program is not installed.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Gives a directory with all that is in it to the user that the programs run as. */
  void own(Path directory) throws IOException {
    if (this != NOBODY) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes)
              throws IOException {
            Files.setAttribute(dir, "unix:uid", NOBODY_ID);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.setAttribute(file, "unix:uid", NOBODY_ID);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
