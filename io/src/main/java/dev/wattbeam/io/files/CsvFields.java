package dev.wattbeam.io.files;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The fields of one CSV line, as ranges of bytes: blanks around a field and its quotes are left
 * out, a doubled quote inside quotes stands for one. A quoted field cannot contain a line end, so
 * that one forgotten quote costs one row and not the rest of the file.
 */
final class CsvFields {
  private final byte delimiter;
  private final int quote;
  private byte[] bytes;
  private int[] from = new int[16];
  private int[] to = new int[16];
  private int count;
  private boolean ascii;

  CsvFields(char delimiter, char quote) {
    this.delimiter = (byte) delimiter;
    this.quote = quote == 0 ? -1 : quote;
  }

  /** Splits a line; false when a quote is not closed or something follows the closing one. */
  boolean split(byte[] line, int lineFrom, int lineTo) {
    bytes = line;
    count = 0;
    int or = 0;
    int i = lineFrom;
    while (true) {
      while (i < lineTo && blank(line[i])) {
        i++;
      }
      int fieldFrom = i;
      int fieldTo;
      if (i < lineTo && line[i] == quote) {
        i++;
        fieldFrom = i;
        boolean doubled = false;
        while (true) {
          if (i >= lineTo) {
            return false;
          }
          or |= line[i];
          if (line[i] == quote) {
            if (i + 1 < lineTo && line[i + 1] == quote) {
              doubled = true;
              i += 2;
              continue;
            }
            break;
          }
          i++;
        }
        fieldTo = i;
        i++;
        while (i < lineTo && blank(line[i])) {
          i++;
        }
        if (i < lineTo && line[i] != delimiter) {
          return false;
        }
        if (doubled) {
          add(fieldFrom, fieldTo);
          undouble(count - 1);
        } else {
          add(fieldFrom, fieldTo);
        }
      } else {
        while (i < lineTo && line[i] != delimiter) {
          or |= line[i];
          i++;
        }
        fieldTo = i;
        while (fieldTo > fieldFrom && blank(line[fieldTo - 1])) {
          fieldTo--;
        }
        add(fieldFrom, fieldTo);
      }
      if (i >= lineTo) {
        break;
      }
      i++; // the delimiter
    }
    ascii = or >= 0;
    return true;
  }

  private boolean blank(byte b) {
    return (b == ' ' || b == '\t') && b != delimiter;
  }

  private void add(int fieldFrom, int fieldTo) {
    if (count == from.length) {
      from = Arrays.copyOf(from, count * 2);
      to = Arrays.copyOf(to, count * 2);
    }
    from[count] = fieldFrom;
    to[count++] = fieldTo;
  }

  /** Rare: appends the field without its doubled quotes to a copy of the line. */
  private void undouble(int field) {
    byte[] copy = Arrays.copyOf(bytes, bytes.length + to[field] - from[field]);
    int out = bytes.length;
    int outFrom = out;
    for (int i = from[field]; i < to[field]; i++) {
      copy[out++] = bytes[i];
      if (bytes[i] == quote) {
        i++;
      }
    }
    bytes = copy;
    from[field] = outFrom;
    to[field] = out;
  }

  int count() {
    return count;
  }

  byte[] bytes() {
    return bytes;
  }

  int from(int field) {
    return from[field];
  }

  int to(int field) {
    return to[field];
  }

  boolean empty(int field) {
    return from[field] == to[field];
  }

  String text(int field) {
    return new String(bytes, from[field], to[field] - from[field], StandardCharsets.UTF_8);
  }

  /** Whether the field consists of exactly these bytes. */
  boolean is(int field, byte[] expected) {
    return Arrays.equals(bytes, from[field], to[field], expected, 0, expected.length);
  }

  /** Whether no byte of any field is outside ASCII. */
  boolean ascii() {
    return ascii;
  }

  List<String> texts() {
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(text(i));
    }
    return texts;
  }
}
