package dev.wattbeam.model;

/** How settled a publisher says its values are; a later stage replaces an earlier one. */
public enum GridStage {
  PROVISIONAL("provisional"),
  CONSOLIDATED("consolidated"),
  FINAL("final");

  private final String code;

  GridStage(String code) {
    this.code = code;
  }

  /** The name on the wire. */
  public String code() {
    return code;
  }

  /** Which of two versions counts more: the higher rank, whenever it became known. */
  public int rank() {
    return ordinal();
  }

  /** The stage with this wire name, or null when there is none. */
  public static GridStage ofCode(String code) {
    for (GridStage stage : values()) {
      if (stage.code.equals(code)) {
        return stage;
      }
    }
    return null;
  }
}
