package io.shardeddb.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * The daemon: {@code Main --home DIRECTORY [--port PORT] [--tools DIRECTORY]}. SIGTERM stops it and all pods; objects
 * and data stay. Images are read from {@code images.json} in the home.
 */
public final class Main {
    private static final int USAGE = 64;
    private static final int CANNOT_START = 69;

    private Main() {}

    /** Runs the daemon until it is asked to end. */
    public static void main(String[] arguments) throws InterruptedException {
        // Before the first logger is made; somebody else's choice stands.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/shardeddb/local/logback-daemon.xml");
        }
        String home = System.getenv().getOrDefault("SDB_HOME", "");
        int port = 0;
        int published = 0;
        Path tools = null;
        for (int i = 0; i < arguments.length; i += 2) {
            boolean hasValue = i + 1 < arguments.length;
            if (hasValue && arguments[i].equals("--home")) {
                home = arguments[i + 1];
            } else if (hasValue && arguments[i].equals("--port") && arguments[i + 1].matches("\\d{1,5}")) {
                port = Integer.parseInt(arguments[i + 1]);
            } else if (hasValue && arguments[i].equals("--router-port") && arguments[i + 1].matches("\\d{1,5}")) {
                published = Integer.parseInt(arguments[i + 1]);
            } else if (hasValue && arguments[i].equals("--tools")) {
                tools = Path.of(arguments[i + 1]);
            } else {
                usage("unknown argument " + arguments[i]);
            }
        }
        if (home.isEmpty()) {
            usage("no home given");
        }
        CountDownLatch ended = new CountDownLatch(1);
        try {
            LocalCluster cluster = LocalCluster.start(Path.of(home), new Settings(port, null, tools, published));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    cluster.close();
                } catch (IOException e) {
                    System.err.println("local cluster: " + e.getMessage());
                } finally {
                    ended.countDown();
                }
            }));
        } catch (IOException e) {
            System.err.println("local cluster: " + e.getMessage());
            System.exit(CANNOT_START);
        }
        ended.await();
    }

    private static void usage(String problem) {
        System.err.println("local cluster: " + problem
                + "\nusage: --home DIRECTORY [--port PORT] [--router-port PORT] [--tools DIRECTORY]");
        System.exit(USAGE);
    }
}
