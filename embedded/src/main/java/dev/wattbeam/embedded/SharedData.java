package dev.wattbeam.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real data beside the project; a test that needs it is skipped where it is not there. */
public final class SharedData {
  private SharedData() {}

  /**
   * A file or folder below the folder of the property {@code wattbeam.sharedData}, or {@code
   * ../shared/data}.
   */
  public static Path file(String name) {
    String property = System.getProperty("wattbeam.sharedData");
    Path[] roots = {
      property == null ? null : Path.of(property),
      Path.of("..", "shared", "data"),
      Path.of("..", "..", "shared", "data"),
      Path.of("..", "..", "..", "shared", "data")
    };
    for (Path root : roots) {
      if (root != null && Files.exists(root.resolve(name))) {
        return root.resolve(name);
      }
    }
    Assumptions.abort(
        "Skipped: there is no "
            + name
            + " in ../shared/data; -Dwattbeam.sharedData=FOLDER says where it is");
    throw new AssertionError();
  }
}
