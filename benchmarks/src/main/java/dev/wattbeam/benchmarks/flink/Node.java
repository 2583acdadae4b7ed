package dev.wattbeam.benchmarks.flink;

import java.io.IOException;
import org.apache.flink.api.common.functions.ReduceFunction;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Sum over some meters of a node in one minute: what is shuffled. */
record Node(int level, int node, long minuteMillis, int meters, long sum) {
  static final OwnType<Node> TYPE = new OwnType<>(Node.class, new NodeSerializer());

  /** Level and number in one. */
  int key() {
    return level << 24 | node;
  }

  /** Adds up what the tasks have of one node. */
  static final class Add implements ReduceFunction<Node> {
    private static final long serialVersionUID = 1L;

    @Override
    public Node reduce(Node a, Node b) {
      return new Node(a.level, a.node, a.minuteMillis, a.meters + b.meters, a.sum + b.sum);
    }
  }

  private static final class NodeSerializer extends OwnSerializer<Node> {
    private static final long serialVersionUID = 1L;

    @Override
    public void serialize(Node node, DataOutputView target) throws IOException {
      target.writeByte(node.level);
      target.writeInt(node.node);
      target.writeLong(node.minuteMillis);
      target.writeInt(node.meters);
      target.writeLong(node.sum);
    }

    @Override
    public Node deserialize(DataInputView source) throws IOException {
      return new Node(
          source.readByte(),
          source.readInt(),
          source.readLong(),
          source.readInt(),
          source.readLong());
    }
  }
}
