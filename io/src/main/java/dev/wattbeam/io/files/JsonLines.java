package dev.wattbeam.io.files;

import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.ReadingType;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Lines of canonical JSON, each passed on as it is: what is wrong with one is judged where every
 * message is judged. Only what key, order and directory need is looked at.
 */
final class JsonLines implements RowParser {
  private final TimePattern iso = new TimePattern(TimePattern.ISO);
  private final LocalTimes localTimes;
  // One instance per name, so that the messages of a large file share them.
  private final Map<String, Map<String, MeterChannel>> names = new HashMap<>();

  JsonLines(ZoneId zone) {
    this.localTimes = new LocalTimes(zone, 0);
  }

  @Override
  public void readHeader(LineReader lines) {}

  @Override
  public FileRow parse(LineReader line) {
    MessageFields fields = MessageFields.of(line.bytes(), line.from(), line.to() - line.from());
    String meter = fields.meter();
    MeterChannel key = null;
    if (meter != null && fields.channel() != null) {
      key =
          names
              .computeIfAbsent(meter, name -> new HashMap<>())
              .computeIfAbsent(fields.channel(), keyOf(meter));
      meter = key.meter();
    }
    return new FileRow.Message(
        line.number(),
        meter,
        key,
        fields.type() == null ? null : ReadingType.ofCode(fields.type()),
        fields.time() == null ? FileRow.Message.NO_TIME : moment(meter, fields.time()),
        line.copy());
  }

  private static Function<String, MeterChannel> keyOf(String meter) {
    return channel -> new MeterChannel(meter, channel);
  }

  private long moment(String meter, String time) {
    byte[] bytes = time.getBytes(StandardCharsets.UTF_8);
    try {
      long millis = iso.parse(bytes, 0, bytes.length);
      if (iso.hasOffset()) {
        return millis;
      }
      long resolved = localTimes.resolve(meter == null ? "" : meter, millis);
      return resolved == LocalTimes.NONEXISTENT ? FileRow.Message.NO_TIME : resolved;
    } catch (DateTimeException e) {
      return FileRow.Message.NO_TIME;
    }
  }
}
