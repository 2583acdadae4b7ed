package dev.wattbeam.io.files;

/** What the wire format lets a meter be called; docs/wire-format.md. */
final class MeterNames {
  static final int MAX_CHARACTERS = 128;

  private MeterNames() {}

  /** Whether the name has 1 to 128 characters and no control character. */
  static boolean valid(String name) {
    return !name.isEmpty()
        && name.codePointCount(0, name.length()) <= MAX_CHARACTERS
        && name.codePoints()
            .noneMatch(
                c ->
                    Character.isISOControl(c)
                        || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE));
  }
}
