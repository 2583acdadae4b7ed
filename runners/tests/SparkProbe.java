import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.LongStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Adds numbers up once and prints the sum; or, given a file, for ever, with a line for each sum in it: a job for
 * cluster-test to disturb.
 */
public final class SparkProbe {
  public static void main(String[] args) throws Exception {
    try (JavaSparkContext spark = new JavaSparkContext(new SparkConf().setAppName("probe"))) {
      do {
        long sum = spark.parallelize(LongStream.rangeClosed(1, 1000).boxed().toList(), 8).reduce(Long::sum);
        if (args.length == 0) {
          System.out.println("sum=" + sum);
        } else {
          String line = ProcessHandle.current().pid() + " " + sum + "\n";
          Files.writeString(Path.of(args[0]), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
          Thread.sleep(500);
        }
      } while (args.length > 0);
    }
  }

  private SparkProbe() {}
}
