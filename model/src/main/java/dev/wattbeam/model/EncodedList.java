package dev.wattbeam.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.VarInt;
import org.apache.commons.io.input.UnsynchronizedByteArrayInputStream;
import org.apache.commons.io.output.UnsynchronizedByteArrayOutputStream;

/**
 * An immutable list that is encoded at most once, and decoded only when it is read. A runner may
 * give each follower of a step a copy of all that the step hands on, also what the follower throws
 * away (docs/decisions/0001).
 */
public final class EncodedList<T> extends AbstractList<T> {
  private final Coder<T> coder;
  private final int size;

  // At least one of them is there.
  private volatile List<T> elements;
  private volatile byte[] bytes;

  private EncodedList(Coder<T> coder, int size, List<T> elements, byte[] bytes) {
    this.coder = coder;
    this.size = size;
    this.elements = elements;
    this.bytes = bytes;
  }

  /** The same elements; null is not one. */
  public static <T> List<T> copyOf(List<T> list, Coder<T> coder) {
    return list instanceof EncodedList
        ? list
        : new EncodedList<>(coder, list.size(), List.copyOf(list), null);
  }

  /** Writes a list that {@link #copyOf} made. */
  public static void encode(List<?> list, OutputStream out) throws IOException {
    ((EncodedList<?>) list).encode(out);
  }

  private void encode(OutputStream out) throws IOException {
    byte[] encoded = bytes;
    if (encoded == null) {
      // Those of the JDK lock for each byte, and coders write byte by byte.
      UnsynchronizedByteArrayOutputStream buffer =
          UnsynchronizedByteArrayOutputStream.builder().get();
      for (T element : elements) {
        coder.encode(element, buffer);
      }
      encoded = buffer.toByteArray();
      bytes = encoded;
    }
    VarInt.encode(size, out);
    WireFormat.writeBytes(encoded, out);
  }

  /** Reads what {@link #encode} wrote. */
  public static <T> List<T> decode(Coder<T> coder, InputStream in) throws IOException {
    int size = VarInt.decodeInt(in);
    return new EncodedList<>(coder, size, null, WireFormat.readBytes(in));
  }

  private List<T> elements() {
    List<T> decoded = elements;
    if (decoded == null) {
      try {
        InputStream in = UnsynchronizedByteArrayInputStream.builder().setByteArray(bytes).get();
        List<T> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
          list.add(coder.decode(in));
        }
        decoded = List.copyOf(list);
      } catch (IOException e) {
        throw new UncheckedIOException("An element cannot be decoded", e);
      }
      elements = decoded;
    }
    return decoded;
  }

  @Override
  public T get(int index) {
    return elements().get(index);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Iterator<T> iterator() {
    return elements().iterator();
  }
}
