package dev.wattbeam.io.files;

import dev.wattbeam.model.DeadLetterCode;
import dev.wattbeam.model.MeterType;
import dev.wattbeam.model.Quality;
import dev.wattbeam.model.ReadingType;
import dev.wattbeam.model.Unit;
import java.io.IOException;
import java.io.InputStream;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.xml.stream.XMLStreamConstants;

/**
 * What a Green Button file says about its readings, without the readings: usage points, their meter
 * readings, reading types and local times, which may stand behind the readings that they describe.
 *
 * @param blocks what the readings of each entry with interval blocks are, in the file's order
 * @param meters the usage points
 */
record GreenButtonFeed(List<Series> blocks, Map<String, FileMeter> meters) {
  static final String BLOCK = "IntervalBlock";

  private static final String USAGE_POINT = "UsagePoint";
  private static final String METER_READING = "MeterReading";
  private static final String READING_TYPE = "ReadingType";
  private static final String LOCAL_TIME = "LocalTimeParameters";
  private static final Set<String> DESCRIBING =
      Set.of(USAGE_POINT, METER_READING, READING_TYPE, LOCAL_TIME);

  private static final MeterType TYPE = MeterType.generic(ReadingFormat.GREEN_BUTTON);
  private static final MeterType NET_TYPE =
      MeterType.generic(ReadingFormat.GREEN_BUTTON + "-net").withReversible(true);
  private static final String NET = "net";

  private static final int MAX_POWER_OF_TEN = 18;
  private static final int MAX_TEXT = 1_000;

  GreenButtonFeed {
    blocks = List.copyOf(blocks);
    meters = Map.copyOf(meters);
  }

  /**
   * What the readings of one meter reading have in common.
   *
   * @param meter name of the meter
   * @param channel channel of the meter
   * @param type what the values are
   * @param exponent power of ten that turns a value into kW or kWh
   * @param durationSeconds length of a reading that states none; 0 when unknown
   * @param quality of readings that state none
   * @param problem why the readings cannot be used, or null; then only the meter is meaningful
   */
  record Series(
      String meter,
      String channel,
      ReadingType type,
      int exponent,
      long durationSeconds,
      Quality quality,
      Problem problem) {}

  /** A reason for rejecting readings. */
  record Problem(DeadLetterCode code, String message) {}

  /**
   * Reads a feed to its end; what it says of its readings stays in memory, they do not.
   *
   * @throws InvalidFileException naming the line, when it is no feed or the format's meter does not
   *     fit
   */
  static GreenButtonFeed read(InputStream in, String fileName, ReadingFormat format)
      throws IOException {
    EspiXml xml = new EspiXml(in, fileName);
    List<Entry> entries = new ArrayList<>();
    List<Link> blocks = new ArrayList<>();
    Map<Link, Link> known = new HashMap<>();
    // A document that ends inside an entry is no well-formed one.
    boolean first = xml.at("entry");
    for (int event = first ? XMLStreamConstants.START_ELEMENT : xml.next();
        event != XMLStreamConstants.END_DOCUMENT;
        event = xml.next()) {
      if (event == XMLStreamConstants.START_ELEMENT && xml.at("entry")) {
        Entry entry = Entry.read(xml);
        if (entry.kind.equals(BLOCK)) {
          Link link = new Link(entry.up, parentPath(entry.self));
          blocks.add(known.computeIfAbsent(link, same -> same));
        } else if (DESCRIBING.contains(entry.kind)) {
          entries.add(entry);
        }
      }
    }
    return new Resolver(entries, fileName, format).resolve(blocks);
  }

  /** Where a block hangs: its link upwards, and what its own address says; shared by many. */
  private record Link(String up, String selfParent) {}

  /** An entry of the feed that says something about readings. */
  private static final class Entry {
    private final long line;
    private final Set<String> related = new HashSet<>();
    private final Map<String, String> values = new HashMap<>();
    private String id = "";
    private String self = "";
    private String up = "";
    private String kind = "";

    private Entry(long line) {
      this.line = line;
    }

    static Entry read(EspiXml xml) throws IOException {
      Entry entry = new Entry(xml.line());
      int depth = 1;
      int contentDepth = 0;
      StringBuilder text = new StringBuilder();
      while (depth > 0) {
        switch (xml.next()) {
          case XMLStreamConstants.START_ELEMENT -> {
            depth++;
            text.setLength(0);
            if (contentDepth > 0 && entry.kind.isEmpty()) {
              entry.kind = xml.name();
            } else if (contentDepth == 0 && xml.at("content")) {
              contentDepth = depth;
            } else if (contentDepth == 0 && xml.at("link")) {
              entry.addLink(xml.attribute("rel"), withoutSlash(xml.attribute("href")));
            }
          }
          case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
            // The readings are of no interest here, and no value is longer.
            if (!entry.kind.equals(BLOCK) && text.length() <= MAX_TEXT) {
              text.append(xml.text());
            }
          }
          case XMLStreamConstants.END_ELEMENT -> {
            if (contentDepth == 0 && xml.at("id")) {
              entry.id = text.toString().strip();
            } else if (DESCRIBING.contains(entry.kind) && !text.isEmpty()) {
              entry.values.putIfAbsent(xml.name(), text.toString().strip());
            }
            text.setLength(0);
            if (depth == contentDepth) {
              contentDepth = 0;
            }
            depth--;
          }
          default -> {}
        }
      }
      return entry;
    }

    private void addLink(String rel, String href) {
      switch (rel) {
        case "self" -> self = href;
        case "up" -> up = href;
        case "related" -> related.add(href);
        default -> {}
      }
    }

    String value(String name) {
      return values.getOrDefault(name, "");
    }

    /** A whole number, or the default when there is none. */
    int number(String name, int otherwise) {
      String text = value(name);
      return text.isEmpty() ? otherwise : Integer.parseInt(text);
    }
  }

  private static String withoutSlash(String href) {
    return href.endsWith("/") ? href.substring(0, href.length() - 1) : href;
  }

  /** {@code .../MeterReading} without its last part, however deep below it the address is. */
  private static String parentPath(String href) {
    int last = href.lastIndexOf('/');
    return last < 0 ? "" : href.substring(0, last);
  }

  /** Brings the entries together by their links. */
  private static final class Resolver {
    private final String fileName;
    private final ReadingFormat format;
    private final Map<String, List<Entry>> byKind;
    private final Map<Entry, String> meterNames = new HashMap<>();
    private final Map<Entry, Series> series = new LinkedHashMap<>();
    private final Set<String> channels = new HashSet<>();

    Resolver(List<Entry> entries, String fileName, ReadingFormat format) {
      this.fileName = fileName;
      this.format = format;
      this.byKind = entries.stream().collect(Collectors.groupingBy(entry -> entry.kind));
    }

    private List<Entry> all(String kind) {
      return byKind.getOrDefault(kind, List.of());
    }

    GreenButtonFeed resolve(List<Link> blocks) throws IOException {
      List<Entry> points = all(USAGE_POINT);
      if (format.meter() != null && points.size() > 1) {
        throw new InvalidFileException(
            fileName
                + " has "
                + points.size()
                + " usage points, so --meter="
                + format.meter()
                + " cannot name them; without it they are "
                + points.stream().map(this::nameOf).collect(Collectors.joining(", ")));
      }
      for (Entry point : points) {
        meterNames.put(point, format.meter() != null ? format.meter() : nameOf(point));
      }
      for (Entry meterReading : all(METER_READING)) {
        series.put(meterReading, seriesOf(meterReading));
      }
      Map<String, FileMeter> meters = new LinkedHashMap<>();
      for (Entry point : points) {
        String meter = meterNames.get(point);
        boolean net =
            series.values().stream()
                .anyMatch(own -> own.meter().equals(meter) && own.channel().startsWith(NET));
        meters.putIfAbsent(meter, new FileMeter(net ? NET_TYPE : TYPE, zoneOf(point)));
      }
      Map<Link, Series> ofLink = new HashMap<>();
      List<Series> ofBlocks = new ArrayList<>(blocks.size());
      for (Link link : blocks) {
        ofBlocks.add(ofLink.computeIfAbsent(link, this::seriesOf));
      }
      return new GreenButtonFeed(ofBlocks, meters);
    }

    /**
     * The address from the owner of the usage point on: {@code RetailCustomer/1/UsagePoint/2}. Host
     * and path before it depend on who made the file.
     */
    private String nameOf(Entry point) {
      String path = point.self.replaceFirst("^[a-z]+://[^/]*", "").replaceFirst("^/+", "");
      String[] parts = path.split("/", -1);
      for (int i = parts.length - 1; i > 1; i--) {
        if (parts[i].equals(USAGE_POINT)) {
          path = String.join("/", List.of(parts).subList(i - 2, parts.length));
          break;
        }
      }
      return path.isEmpty() ? point.id : path;
    }

    /** The entry that a link leads up to: by the collections it names, by address, or the only. */
    private Entry parent(String kind, String up, String selfParent) {
      List<Predicate<Entry>> ways =
          List.of(
              entry -> entry.related.contains(up),
              entry -> entry.related.contains(selfParent),
              entry -> entry.self.equals(parentPath(up)) || entry.self.equals(up),
              entry -> entry.self.equals(parentPath(selfParent)));
      for (Predicate<Entry> way : ways) {
        List<Entry> found =
            all(kind).stream().filter(entry -> !entry.self.isEmpty()).filter(way).toList();
        if (!found.isEmpty()) {
          return found.get(0);
        }
      }
      return all(kind).size() == 1 ? all(kind).get(0) : null;
    }

    /** The entry that another one has a link to, or the only one. */
    private Entry related(String kind, Entry from) {
      for (Entry entry : all(kind)) {
        if (!entry.self.isEmpty() && from.related.contains(entry.self)) {
          return entry;
        }
      }
      return all(kind).size() == 1 ? all(kind).get(0) : null;
    }

    private Series seriesOf(Link link) {
      Entry meterReading = parent(METER_READING, link.up, link.selfParent);
      return meterReading == null
          ? unusable(
              "",
              DeadLetterCode.INVALID_ROW,
              "The block belongs to no MeterReading of the file: its link rel=\"up\" is \""
                  + link.up
                  + "\"")
          : series.get(meterReading);
    }

    private Series seriesOf(Entry meterReading) {
      Entry point = parent(USAGE_POINT, meterReading.up, parentPath(meterReading.self));
      String meter = point == null ? format.meter() : meterNames.get(point);
      if (meter == null || meter.isEmpty()) {
        return unusable(
            "",
            DeadLetterCode.MISSING_FIELD,
            "The MeterReading of line "
                + meterReading.line
                + " belongs to no UsagePoint of the file: its link rel=\"up\" is \""
                + meterReading.up
                + "\"; a file without usage points needs --meter=NAME");
      }
      if (!MeterNames.valid(meter)) {
        return unusable(
            meter,
            DeadLetterCode.INVALID_NAME,
            "Usage point \"" + meter + "\" is no name of a meter; give one with --meter=NAME");
      }
      Entry type = related(READING_TYPE, meterReading);
      if (type == null) {
        return unusable(
            meter,
            DeadLetterCode.MISSING_FIELD,
            "The MeterReading of line "
                + meterReading.line
                + " has no link to a ReadingType of the file");
      }
      try {
        int service = point == null ? 0 : point.number("kind", 0);
        if (service != 0) {
          return unusable(
              meter,
              DeadLetterCode.UNKNOWN_READING_TYPE,
              "Service kind " + service + " is not electricity (0)");
        }
        return seriesOf(meter, type);
      } catch (NumberFormatException e) {
        return unusable(
            meter,
            DeadLetterCode.WRONG_FIELD_TYPE,
            "The ReadingType of line "
                + type.line
                + " or its usage point has a field that is no whole number ("
                + e.getMessage()
                + ")");
      }
    }

    private Series seriesOf(String meter, Entry type) {
      int uom = type.number("uom", 0);
      int accumulation = type.number("accumulationBehaviour", 0);
      int qualifier = type.number("dataQualifier", 0);
      int flow = type.number("flowDirection", 0);
      int power = type.number("powerOfTenMultiplier", 0);
      Unit unit = uom == 72 ? Unit.WH : uom == 38 ? Unit.W : null;
      if (unit == null) {
        return unusable(
            meter,
            DeadLetterCode.UNKNOWN_UNIT,
            "Unit " + uom + " (uom) is neither Wh (72) nor W (38)");
      }
      if (Math.abs(power) > MAX_POWER_OF_TEN) {
        return unusable(
            meter,
            DeadLetterCode.VALUE_OUT_OF_RANGE,
            "powerOfTenMultiplier " + power + " is not between -18 and 18");
      }
      // 8 maximum, 9 minimum: neither says how much energy went through.
      ReadingType kind = qualifier == 8 || qualifier == 9 ? null : kind(unit, accumulation);
      if (kind == null) {
        return unusable(
            meter,
            DeadLetterCode.UNKNOWN_READING_TYPE,
            "accumulationBehaviour "
                + accumulation
                + " with dataQualifier "
                + qualifier
                + " is neither a mean power, nor the energy of an interval, nor a register");
      }
      String channel =
          switch (flow) {
            case 0, 1 -> "import";
            case 19 -> "export";
            case 4 -> NET;
            default -> null;
          };
      if (channel == null) {
        return unusable(
            meter,
            DeadLetterCode.UNKNOWN_CHANNEL,
            "flowDirection " + flow + " is neither forward (1), reverse (19) nor net (4)");
      }
      Quality quality = EspiCodes.quality(type.value("defaultQuality"));
      return new Series(
          meter,
          ownChannel(meter, channel),
          kind,
          unit.exponent() + power,
          type.number("intervalLength", 0),
          quality == null ? Quality.VALID : quality,
          null);
    }

    private static ReadingType kind(Unit unit, int accumulation) {
      if (unit == Unit.W) {
        return switch (accumulation) {
          case 0, 4, 6, 12 -> ReadingType.POWER;
          default -> null;
        };
      }
      return switch (accumulation) {
        case 0, 4, 9 -> ReadingType.INTERVAL;
        case 1, 3 -> ReadingType.REGISTER;
        default -> null;
      };
    }

    /** Two meter readings of one kind and meter say the same twice: not to be added up. */
    private String ownChannel(String meter, String channel) {
      String own = channel;
      for (int i = 2; !channels.add(meter + " " + own); i++) {
        own = channel + "-" + i;
      }
      return own;
    }

    private ZoneId zoneOf(Entry point) throws IOException {
      if (format.zone() != null) {
        return format.zone();
      }
      Entry local = related(LOCAL_TIME, point);
      if (local == null) {
        return ZoneOffset.UTC;
      }
      try {
        return EspiCodes.zone(
            local.number("tzOffset", 0),
            local.number("dstOffset", 0),
            local.value("dstStartRule"),
            local.value("dstEndRule"));
      } catch (IllegalArgumentException e) {
        throw new InvalidFileException(
            fileName
                + ", line "
                + local.line
                + ": LocalTimeParameters cannot be read ("
                + e.getMessage()
                + "); --zone=NAME replaces them",
            e);
      }
    }

    private static Series unusable(String meter, DeadLetterCode code, String message) {
      return new Series(
          meter,
          "",
          ReadingType.INTERVAL,
          0,
          0,
          Quality.VALID,
          new Problem(code, meter.isEmpty() ? message : "Meter " + meter + ": " + message));
    }
  }
}
