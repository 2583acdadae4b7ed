package dev.wattbeam.io.files;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.Unit;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the rows of one kind of CSV file become readings. Written as JSON; {@code
 * docs/mapping-files.md} describes every key.
 *
 * @param name name of the format, for messages
 * @param delimiter between two fields, one ASCII character
 * @param quote around a field, one ASCII character; 0 for none
 * @param header whether the first line names the columns
 * @param skipLines lines before the header (or before the first row)
 * @param meterColumn column that names the meter; null when all rows are of one meter
 * @param meter name of that one meter; null when there is a column, or until {@link
 *     ReadingFormat#withMeter} gives one
 * @param time columns of the time and their meaning
 * @param zone zone of times without offset; null when each time in the file states its offset
 * @param decimalMark {@code .} or {@code ,}
 * @param thousandsMark between groups of three digits; 0 for none
 * @param missing texts that stand for a missing value; the empty text always does
 * @param channels columns of values
 * @param meterType kind of the meters, for the directory
 * @param meterZone zone of the meters' days and months; null for {@code zone}
 */
public record CsvMapping(
    String name,
    char delimiter,
    char quote,
    boolean header,
    int skipLines,
    Column meterColumn,
    String meter,
    TimeColumns time,
    ZoneId zone,
    char decimalMark,
    char thousandsMark,
    Set<String> missing,
    List<Channel> channels,
    MeterType meterType,
    ZoneId meterZone) {
  public CsvMapping {
    requireNonNull(name, "name");
    requireNonNull(time, "time");
    requireNonNull(meterType, "meterType");
    missing = Set.copyOf(missing);
    channels = List.copyOf(channels);
  }

  /**
   * Reads a mapping.
   *
   * @param name name of the format, for messages
   * @param json the mapping
   * @throws IllegalArgumentException naming every error at once
   */
  public static CsvMapping parse(String name, String json) {
    return MappingParser.parse(name, json);
  }

  /** The same with another meter; only for a mapping without a meter column. */
  CsvMapping withMeter(String meter) {
    return new CsvMapping(
        name,
        delimiter,
        quote,
        header,
        skipLines,
        meterColumn,
        meter,
        time,
        zone,
        decimalMark,
        thousandsMark,
        missing,
        channels,
        meterType,
        meterZone);
  }

  /** The same with another zone, of the file's times and of the meters' days. */
  CsvMapping withZone(ZoneId zone) {
    return new CsvMapping(
        name,
        delimiter,
        quote,
        header,
        skipLines,
        meterColumn,
        meter,
        time,
        zone,
        decimalMark,
        thousandsMark,
        missing,
        channels,
        meterType,
        zone);
  }

  /**
   * A column, by its name in the header or by its place.
   *
   * @param name name in the header without blanks around it; null for a place
   * @param place from 1; 0 for a name
   */
  public record Column(String name, int place) {
    public static Column named(String name) {
      return new Column(requireNonNull(name, "name"), 0);
    }

    public static Column at(int place) {
      return new Column(null, place);
    }

    @Override
    public String toString() {
      return name != null ? "\"" + name + "\"" : "number " + place;
    }
  }

  /** What the time of a row is. */
  public enum Stamp {
    /** The start of the span that the row stands for; needs the period. */
    START,
    /** The end of the span, or the moment at which a register was read. */
    END,
    /** The row has columns for the start and for the end. */
    START_AND_END
  }

  /**
   * Where a row's time is.
   *
   * @param columns columns that are joined by a blank to make one time; for {@link
   *     Stamp#START_AND_END} those of the start
   * @param endColumns columns of the end; empty unless {@link Stamp#START_AND_END}
   * @param pattern of {@link java.time.format.DateTimeFormatter}, or {@code iso}, {@code
   *     epoch-seconds}, {@code epoch-millis}
   * @param stamp meaning
   * @param periodSeconds length of the span of each row; 0 when unknown
   */
  public record TimeColumns(
      List<Column> columns,
      List<Column> endColumns,
      String pattern,
      Stamp stamp,
      int periodSeconds) {
    public TimeColumns {
      columns = List.copyOf(columns);
      endColumns = List.copyOf(endColumns);
      requireNonNull(pattern, "pattern");
      requireNonNull(stamp, "stamp");
    }
  }

  /**
   * A column of values.
   *
   * @param column where
   * @param channel channel of the readings, such as {@code import}
   * @param type what the values are
   * @param unit unit of the values
   * @param quality column of the values' quality, or null
   * @param qualities quality that each text of that column stands for, as wire names; empty when
   *     the column holds wire names
   * @param sequence column of the sequence number, or null
   * @param absentIfAlwaysZero a meter whose every value here is zero does not have the channel
   */
  public record Channel(
      Column column,
      String channel,
      ReadingType type,
      Unit unit,
      Column quality,
      Map<String, String> qualities,
      Column sequence,
      boolean absentIfAlwaysZero) {
    public Channel {
      requireNonNull(column, "column");
      requireNonNull(channel, "channel");
      requireNonNull(type, "type");
      requireNonNull(unit, "unit");
      qualities = Map.copyOf(qualities);
    }
  }
}
