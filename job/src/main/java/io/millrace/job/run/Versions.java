package io.millrace.job.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What made an encoder: this program, the libraries it was built with, and the JVM it runs in. */
public final class Versions {

    private Versions() {}

    /** By name: millrace, flink, kafka, djl, pytorch, java, os. */
    public static Map<String, String> all() {
        var versions = new TreeMap<String, String>();
        Properties built = new Properties();
        try (@Nullable InputStream in =
                io.millrace.job.Millrace.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is missing from the jar");
            }
            built.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("version.properties", e);
        }
        built.stringPropertyNames().forEach(name -> versions.put(name, built.getProperty(name)));
        versions.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return versions;
    }
}
