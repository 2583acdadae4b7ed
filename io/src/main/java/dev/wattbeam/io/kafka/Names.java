package dev.wattbeam.io.kafka;

/** What meters and channels may be called. */
final class Names {
  static final int MAX_METER_CHARACTERS = 128;
  static final int MAX_CHANNEL_CHARACTERS = 64;
  static final String DEFAULT_CHANNEL = "import";

  private Names() {}

  /** 1 to 128 characters without control characters and without half of a surrogate pair. */
  static boolean isMeter(String name) {
    int characters = 0;
    for (int i = 0; i < name.length(); ) {
      int c = name.codePointAt(i);
      if (Character.isISOControl(c)
          || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
        return false;
      }
      i += Character.charCount(c);
      characters++;
    }
    return characters >= 1 && characters <= MAX_METER_CHARACTERS;
  }

  /** {@code [a-z0-9][a-z0-9._-]{0,63}}. */
  static boolean isChannel(String name) {
    if (name.isEmpty() || name.length() > MAX_CHANNEL_CHARACTERS) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!alphanumeric && (i == 0 || (c != '.' && c != '_' && c != '-'))) {
        return false;
      }
    }
    return true;
  }
}
