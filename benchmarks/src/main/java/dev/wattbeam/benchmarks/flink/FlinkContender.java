package dev.wattbeam.benchmarks.flink;

import dev.wattbeam.benchmarks.parts.ContenderOptions;
import dev.wattbeam.benchmarks.parts.MeterHours;
import dev.wattbeam.benchmarks.parts.NodeSums;
import dev.wattbeam.benchmarks.parts.OutputTable;
import dev.wattbeam.benchmarks.parts.ReadingTopic;
import dev.wattbeam.model.ConsumptionRow;
import dev.wattbeam.transforms.consumption.ReadingBlock;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.typeutils.TupleTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.time.Time;

/** The workloads on Flink's DataStream API, in a cluster inside this process. */
public final class FlinkContender {
  private static final long MINUTE_MILLIS = 60_000L;

  private final ContenderOptions options;
  private final StreamExecutionEnvironment environment;

  private FlinkContender(ContenderOptions options) {
    this.options = options;
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    environment =
        StreamExecutionEnvironment.createLocalEnvironment(options.parallelism(), configuration);
  }

  /** Runs a workload to the end of the topic. */
  public static void main(String[] args) throws Exception {
    FlinkContender contender = new FlinkContender(ContenderOptions.parse(args));
    switch (contender.options.workload()) {
      case DOWNSAMPLING -> contender.downsampling();
      case HOUR_OF_DAY -> contender.hourOfDay();
      case HIERARCHY -> contender.hierarchy();
      case WHOLE_JOB -> contender.wholeJob();
    }
    contender.environment.execute(contender.options.workload().code());
  }

  private void downsampling() {
    panes(MINUTE_MILLIS)
        .keyBy(Pane::meter, Types.STRING)
        .window(TumblingEventTimeWindows.of(Time.minutes(1)))
        .reduce(new Pane.Join())
        .sinkTo(
            new CopyRows<>(
                options,
                OutputTable.DOWNSAMPLING,
                (pane, rows) ->
                    rows.addMinute(
                        pane.meter(),
                        pane.startMillis(),
                        pane.count(),
                        pane.min(),
                        pane.max(),
                        pane.sum())));
  }

  private void hourOfDay() {
    panes(MeterHours.HOUR_MILLIS)
        .keyBy(Pane::meter, Types.STRING)
        .process(new HourOfDay(), ChainedSerializer.type(HourOfDay.Row.class))
        .sinkTo(
            new CopyRows<>(
                options,
                OutputTable.HOUR_OF_DAY,
                (row, rows) ->
                    rows.addHour(row.meter(), row.windowMillis(), row.hour(), row.n(), row.sum())));
  }

  private SingleOutputStreamOperator<Pane> panes(long paneMillis) {
    AggregateLocally<Pane> panes =
        new AggregateLocally<>(
            paneMillis,
            (start, byMeter, out) ->
                byMeter.forEach((meter, stats) -> out.accept(Pane.of(meter, start, stats))));
    return measurements().transform("Aggregate locally", Pane.TYPE, panes);
  }

  private void hierarchy() {
    AggregateLocally<Node> nodes =
        new AggregateLocally<>(
            MINUTE_MILLIS,
            (start, byMeter, out) ->
                NodeSums.of(byMeter)
                    .forEach(
                        (level, node, meters, sum) ->
                            out.accept(new Node(level, node, start, meters, sum))));
    measurements()
        .transform("Sum locally", Node.TYPE, nodes)
        .keyBy(Node::key, Types.INT)
        .window(TumblingEventTimeWindows.of(Time.minutes(1)))
        .reduce(new Node.Add())
        .sinkTo(
            new CopyRows<>(
                options,
                OutputTable.HIERARCHY,
                (node, rows) ->
                    rows.addNode(
                        node.level(),
                        node.node(),
                        node.minuteMillis(),
                        node.meters(),
                        node.sum())));
  }

  private void wholeJob() {
    var blocks =
        environment
            .fromSource(
                source(new KafkaMessage.Parser()), WatermarkStrategy.noWatermarks(), "Read topic")
            .transform(
                "Take readings",
                new TupleTypeInfo<>(
                    Types.INT,
                    CoderSerializer.type(ReadingBlock.class, ReadingBlock.ReadingBlockCoder.of())),
                new TakeReadings(options));
    var meterRows =
        blocks
            .partitionCustom((bucket, tasks) -> bucket, block -> block.f0)
            .transform(
                "Compute meters",
                ChainedSerializer.type(ConsumptionRow.class),
                new ComputeMeters(options));
    var groupRows =
        meterRows
            .getSideOutput(ComputeMeters.GROUPS)
            .partitionCustom((bucket, tasks) -> bucket, update -> update.f0)
            .transform(
                "Add up groups",
                ChainedSerializer.type(ConsumptionRow.class),
                new AddUpGroups(options));
    write(meterRows, (row, rows) -> rows.add(row));
    write(groupRows, (row, rows) -> rows.add(row));
    write(
        meterRows.getSideOutput(ComputeMeters.LATEST), (reading, rows) -> rows.addLatest(reading));
    write(blocks.getSideOutput(TakeReadings.LATE), (reading, rows) -> rows.add(reading));
    write(blocks.getSideOutput(TakeReadings.REJECTED), (letter, rows) -> rows.add(letter));
    write(meterRows.getSideOutput(ComputeMeters.CONFLICTS), (letter, rows) -> rows.add(letter));
  }

  private <T> void write(DataStream<T> elements, UpsertRows.Route<T> route) {
    elements.sinkTo(new UpsertRows<>(options, route));
  }

  private SingleOutputStreamOperator<Measurement> measurements() {
    return environment.fromSource(
        source(new Measurement.Parser()), Watermarks.strategy(), "Read topic");
  }

  private <T> KafkaSource<T> source(KafkaRecordDeserializationSchema<T> parser) {
    Properties properties = ReadingTopic.consumerProperties(options.bootstrapServers());
    properties.setProperty(KafkaSourceOptions.REGISTER_KAFKA_CONSUMER_METRICS.key(), "false");
    properties.setProperty(KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), "-1");
    return KafkaSource.<T>builder()
        .setBootstrapServers(options.bootstrapServers())
        .setTopics(options.topic())
        .setGroupId("flink-native")
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setBounded(OffsetsInitializer.latest())
        .setDeserializer(parser)
        .setProperties(properties)
        .build();
  }
}
