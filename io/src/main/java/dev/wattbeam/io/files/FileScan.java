package dev.wattbeam.io.files;

import dev.wattbeam.io.files.CsvMapping.Channel;
import dev.wattbeam.model.Meter;
import dev.wattbeam.model.MeterChannel;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Reading;
import dev.wattbeam.model.ReadingType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What files hold, known before their first reading is sent: the meters to put into the directory,
 * and whether the rows are in the order of time.
 *
 * @param meters the meters seen, with the type of each channel (register before interval before
 *     power where they are mixed), in the order of their names
 * @param absentChannels channels that a meter has a column for and does not have: to be left out
 * @param rows rows of all kinds
 * @param readings readings, without those of absent channels
 * @param inTimeOrder whether no row is earlier than one before it, over all files in their order
 * @param firstMillis lowest time, epoch milliseconds; {@link Long#MAX_VALUE} when there is none
 * @param lastMillis highest time, epoch milliseconds; {@link Long#MIN_VALUE} when there is none
 */
public record FileScan(
    List<Meter> meters,
    Set<MeterChannel> absentChannels,
    long rows,
    long readings,
    boolean inTimeOrder,
    long firstMillis,
    long lastMillis) {
  public FileScan {
    meters = List.copyOf(meters);
    absentChannels = Set.copyOf(absentChannels);
  }

  /**
   * Reads files from their first row to the last.
   *
   * @throws InvalidFileException naming the file that cannot be read
   */
  public static FileScan of(List<Path> files, ReadingFormat format) throws IOException {
    Collector collector = new Collector(format);
    for (Path file : files) {
      try (ReadingFile open = ReadingFile.open(file, format)) {
        open.meters().forEach(collector.stated::putIfAbsent);
        for (FileRow row = open.next(); row != null; row = open.next()) {
          collector.add(row);
        }
      }
    }
    return collector.result();
  }

  /** The time of a row, epoch milliseconds, or {@link FileRow.Message#NO_TIME}. */
  public static long timeOf(FileRow row) {
    if (row instanceof FileRow.Readings readings) {
      return readings.readings().get(0).timeMillis();
    }
    return row instanceof FileRow.Message message ? message.timeMillis() : FileRow.Message.NO_TIME;
  }

  /**
   * PostgreSQL takes an offset such as +10:00 with the opposite sign, so the directory needs a zone
   * with a name.
   */
  private static ZoneId directoryZone(ZoneId zone) {
    if (zone == null || zone.equals(ZoneOffset.UTC)) {
      return ZoneId.of("UTC");
    }
    if (zone instanceof ZoneOffset offset && offset.getTotalSeconds() % 3600 == 0) {
      int hours = offset.getTotalSeconds() / 3600;
      // The names of this kind count westwards.
      String name = "Etc/GMT" + (hours > 0 ? "-" : "+") + Math.abs(hours);
      return hours >= -12 && hours <= 14 ? ZoneId.of(name) : zone;
    }
    return zone;
  }

  private static final class Collector {
    private final ReadingFormat format;
    private final Set<String> absentIfAlwaysZero = new TreeSet<>();
    private final Map<String, Map<String, Seen>> meters = new TreeMap<>();
    private final Map<String, FileMeter> stated = new HashMap<>();
    private String lastMeter;
    private Map<String, Seen> lastChannels;
    private long rows;
    private boolean inTimeOrder = true;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    Collector(ReadingFormat format) {
      this.format = format;
      if (format.mapping() != null) {
        for (Channel channel : format.mapping().channels()) {
          if (channel.absentIfAlwaysZero()) {
            absentIfAlwaysZero.add(channel.channel());
          }
        }
      }
    }

    /** What is known of one channel. */
    private static final class Seen {
      private ReadingType type;
      private boolean onlyZero = true;
      private long readings;
    }

    void add(FileRow row) {
      rows++;
      if (row instanceof FileRow.Readings readings) {
        for (Reading reading : readings.readings()) {
          add(reading.meter(), reading.channel(), reading.type(), reading.value());
        }
      } else if (row instanceof FileRow.Message message && message.channel() != null) {
        // A line that is going to be a dead letter anyway needs no entry in the directory.
        if (message.type() != null) {
          add(message.channel().meter(), message.channel().channel(), message.type(), 1);
        }
      }
      long time = timeOf(row);
      if (time != FileRow.Message.NO_TIME) {
        if (time < last) {
          inTimeOrder = false;
        }
        first = Math.min(first, time);
        last = Math.max(last, time);
      }
    }

    private void add(String meter, String channel, ReadingType type, long value) {
      if (!meter.equals(lastMeter)) {
        lastChannels = meters.computeIfAbsent(meter, name -> new HashMap<>());
        lastMeter = meter;
      }
      Seen seen = lastChannels.computeIfAbsent(channel, name -> new Seen());
      // The types are declared in the order power, interval, register.
      if (seen.type == null || type.compareTo(seen.type) > 0) {
        seen.type = type;
      }
      seen.onlyZero &= value == 0;
      seen.readings++;
    }

    FileScan result() {
      CsvMapping mapping = format.mapping();
      MeterType type = mapping == null ? MeterType.generic("generic") : mapping.meterType();
      ZoneId meterZone = mapping == null ? null : mapping.meterZone();
      FileMeter unstated =
          new FileMeter(type, directoryZone(meterZone != null ? meterZone : format.zone()));
      List<Meter> found = new ArrayList<>();
      Set<MeterChannel> absent = new TreeSet<>();
      long readings = 0;
      for (Map.Entry<String, Map<String, Seen>> meter : meters.entrySet()) {
        Map<String, ReadingType> channels = new TreeMap<>();
        for (Map.Entry<String, Seen> channel : meter.getValue().entrySet()) {
          Seen seen = channel.getValue();
          if (seen.onlyZero && absentIfAlwaysZero.contains(channel.getKey())) {
            absent.add(new MeterChannel(meter.getKey(), channel.getKey()));
          } else {
            channels.put(channel.getKey(), seen.type);
            readings += seen.readings;
          }
        }
        FileMeter entry = stated.getOrDefault(meter.getKey(), unstated);
        found.add(Meter.of(meter.getKey(), entry.type(), directoryZone(entry.zone()), channels));
      }
      return new FileScan(found, absent, rows, readings, inTimeOrder, first, last);
    }
  }
}
