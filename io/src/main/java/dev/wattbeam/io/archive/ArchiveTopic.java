package dev.wattbeam.io.archive;

import static java.util.Objects.requireNonNull;

import dev.wattbeam.io.kafka.KafkaConfig;
import dev.wattbeam.io.kafka.KafkaTopics;
import dev.wattbeam.io.kafka.TopicReader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PDone;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what a topic holds into the archive: each block of offsets that is complete and not there
 * yet. A block is the same messages whoever reads it, and so are its files and their names; so a
 * run that was cut off, repeated or runs beside another one leaves each message once.
 *
 * <p>Metrics, in the namespace {@code wattbeam}: counters {@code archived_messages}, {@code
 * archived_bytes} (before compression), {@code archived_blocks}.
 */
public final class ArchiveTopic extends PTransform<PBegin, PDone> {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveTopic.class);

  /** Offsets of a stretch that one worker reads in one go. */
  private static final long STRETCH = 500_000;

  private final KafkaConfig kafka;
  private final ArchiveConfig archive;
  private final long blockMessages;

  private ArchiveTopic(KafkaConfig kafka, ArchiveConfig archive, long blockMessages) {
    this.kafka = requireNonNull(kafka, "kafka");
    this.archive = requireNonNull(archive, "archive");
    this.blockMessages = blockMessages;
  }

  /**
   * Archives a topic under its name.
   *
   * @param blockMessages offsets of a block, as {@link #check} gives them
   */
  public static ArchiveTopic of(KafkaConfig kafka, ArchiveConfig archive, long blockMessages) {
    return new ArchiveTopic(kafka, archive, blockMessages);
  }

  /**
   * Asks Kafka and the store whether this can work, before anything starts.
   *
   * @param problems gets a line for what is wrong
   */
  public static void check(
      KafkaConfig kafka, ArchiveConfig archive, long blockMessages, List<String> problems) {
    String topicId = KafkaTopics.id(kafka);
    ArchiveHeader begun;
    try {
      begun =
          new ArchiveHeader(topicId, blockMessages)
              .readOrWrite(new ArchiveStore(archive), kafka.topic());
    } catch (IOException e) {
      problems.add("The archive " + archive.root() + " cannot be used: " + e.getMessage());
      return;
    }
    if (!begun.topicId().equals(topicId)) {
      problems.add(
          "The archive "
              + archive.root()
              + " holds an older topic of the name '"
              + kafka.topic()
              + "' (ID "
              + begun.topicId()
              + "); this one was made anew and counts its offsets from 0: give it another"
              + " --archive, or move the folder source="
              + kafka.topic()
              + " away");
    }
    if (begun.blockMessages() != blockMessages) {
      problems.add(
          "--archiveBlockMessages="
              + blockMessages
              + ", but the archive of '"
              + kafka.topic()
              + "' was begun with "
              + begun.blockMessages()
              + ", and files of two sizes would overlap; use that");
    }
  }

  @Override
  public PDone expand(PBegin input) {
    input
        .apply("Topic", Create.of(kafka.topic()).withCoder(StringUtf8Coder.of()))
        .apply(
            "FindMissingBlocks", ParDo.of(new FindMissingBlocksFn(kafka, archive, blockMessages)))
        .setCoder(KvCoder.of(VarIntCoder.of(), OffsetRange.Coder.of()))
        .apply("SpreadBlocks", Reshuffle.viaRandomKey())
        .apply("ArchiveBlocks", ParDo.of(new ArchiveBlocksFn(kafka, archive, blockMessages)));
    return PDone.in(input.getPipeline());
  }

  private static final class FindMissingBlocksFn extends DoFn<String, KV<Integer, OffsetRange>> {
    private static final long serialVersionUID = 1L;

    private final KafkaConfig kafka;
    private final ArchiveConfig archive;
    private final long blockMessages;

    private FindMissingBlocksFn(KafkaConfig kafka, ArchiveConfig archive, long blockMessages) {
      this.kafka = kafka;
      this.archive = archive;
      this.blockMessages = blockMessages;
    }

    @ProcessElement
    public void process(@Element String topic, OutputReceiver<KV<Integer, OffsetRange>> out)
        throws IOException {
      Map<Integer, OffsetRange> held;
      try (TopicReader reader = TopicReader.open(kafka)) {
        held = reader.ranges();
      }
      ArchiveIndex index = ArchiveIndex.read(archive, topic);
      int most = (int) Math.max(1, STRETCH / blockMessages);
      long messages = 0;
      for (Map.Entry<Integer, OffsetRange> stretch : index.missing(held, blockMessages, most)) {
        messages += stretch.getValue().getTo() - stretch.getValue().getFrom();
        out.output(KV.of(stretch.getKey(), stretch.getValue()));
      }
      long waiting = held.values().stream().mapToLong(range -> range.getTo() % blockMessages).sum();
      LOG.info(
          "Topic {}: {} offsets to be archived; {} wait until their blocks of {} are complete",
          topic,
          messages,
          waiting,
          blockMessages);
    }
  }

  private static final class ArchiveBlocksFn extends DoFn<KV<Integer, OffsetRange>, Void> {
    private static final long serialVersionUID = 1L;

    private final KafkaConfig kafka;
    private final ArchiveConfig archive;
    private final long blockMessages;
    private final Counter messages = Metrics.counter("wattbeam", "archived_messages");
    private final Counter bytes = Metrics.counter("wattbeam", "archived_bytes");
    private final Counter blocks = Metrics.counter("wattbeam", "archived_blocks");
    private transient TopicReader reader;

    private ArchiveBlocksFn(KafkaConfig kafka, ArchiveConfig archive, long blockMessages) {
      this.kafka = kafka;
      this.archive = archive;
      this.blockMessages = blockMessages;
    }

    @ProcessElement
    public void process(@Element KV<Integer, OffsetRange> stretch) throws IOException {
      Patience patience = new Patience(archive.patience());
      Writer writer = new Writer(stretch.getKey(), stretch.getValue().getFrom(), patience);
      while (writer.next < stretch.getValue().getTo()) {
        try {
          if (reader == null) {
            reader = TopicReader.open(kafka);
          }
          writer.begin();
          reader.read(
              stretch.getKey(),
              new OffsetRange(writer.next, stretch.getValue().getTo()),
              writer::add);
          writer.endBefore(stretch.getValue().getTo());
        } catch (IOException e) {
          patience.failed(e);
        }
      }
    }

    @Teardown
    public void teardown() {
      if (reader != null) {
        reader.close();
        reader = null;
      }
    }

    /** Puts one block after the other into the archive. */
    private final class Writer {
      private final ArchiveStore store = new ArchiveStore(archive);
      private final int partition;
      private final Patience patience;

      /** First offset of the block that is being read; all before are in the archive. */
      private long next;

      private BlockFiles block;

      private Writer(int partition, long first, Patience patience) {
        this.partition = partition;
        this.next = first;
        this.patience = patience;
      }

      private void begin() {
        block = new BlockFiles(kafka.topic(), partition, next, next + blockMessages - 1);
      }

      private void add(ConsumerRecord<byte[], byte[]> message) throws IOException {
        endBefore(Math.floorDiv(message.offset(), blockMessages) * blockMessages);
        block.add(message);
      }

      /** Ends the blocks before an offset; those without any message leave no file. */
      private void endBefore(long offset) throws IOException {
        while (next < offset) {
          long written = block.putInto(store);
          messages.inc(block.messages());
          bytes.inc(written);
          blocks.inc();
          patience.succeeded();
          next += blockMessages;
          begin();
        }
      }
    }
  }
}
