package dev.wattbeam.io.snowflake;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.util.VarInt;

/**
 * Coder of the rows that SnowflakeIO gets: texts, and whole numbers as {@code Long}. Without it
 * they would be serialised by Java, and the Direct runner would log each of them.
 */
final class FieldsCoder extends AtomicCoder<Object[]> {
  private static final long serialVersionUID = 1L;
  private static final FieldsCoder INSTANCE = new FieldsCoder();
  private static final int TEXT = 0;
  private static final int NUMBER = 1;

  private FieldsCoder() {}

  static FieldsCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(Object[] fields, OutputStream out) throws IOException {
    VarInt.encode(fields.length, out);
    for (Object field : fields) {
      if (field instanceof String text) {
        out.write(TEXT);
        StringUtf8Coder.of().encode(text, out);
      } else {
        out.write(NUMBER);
        VarInt.encode((Long) field, out);
      }
    }
  }

  @Override
  public Object[] decode(InputStream in) throws IOException {
    Object[] fields = new Object[VarInt.decodeInt(in)];
    for (int i = 0; i < fields.length; i++) {
      boolean text = in.read() == TEXT;
      fields[i] = text ? StringUtf8Coder.of().decode(in) : VarInt.decodeLong(in);
    }
    return fields;
  }
}
