package io.millrace.job.settings;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** YAML, nested or with dotted keys, flattened to entries that know their line. */
final class YamlSource {

    private final String name;
    private final int rank;
    private final List<SettingsProblem> problems;
    private final List<Entry> entries = new ArrayList<>();

    YamlSource(String name, int rank, List<SettingsProblem> problems) {
        this.name = name;
        this.rank = rank;
        this.problems = problems;
    }

    List<Entry> read(InputStream in) throws IOException {
        try (JsonParser parser = new YAMLFactory().createParser(in)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                mapping("", parser);
            } else if (first != null) {
                problems.add(
                        problem("", "", parser, "a mapping of keys to values", "write key: value"));
            }
        } catch (JsonProcessingException e) {
            String where = name + ":" + e.getLocation().getLineNr();
            problems.add(
                    new SettingsProblem(
                            name,
                            "",
                            where,
                            "YAML",
                            "mend the line: " + firstLine(e.getOriginalMessage())));
        }
        return entries;
    }

    private void mapping(String prefix, JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = prefix + parser.currentName();
            JsonToken value = parser.nextToken();
            switch (value) {
                case START_OBJECT -> mapping(key + ".", parser);
                case START_ARRAY -> add(key, sequence(key, parser), parser);
                case VALUE_NULL ->
                        problems.add(
                                problem(key, "", parser, "a value", "write one or drop the key"));
                default -> add(key, parser.getText(), parser);
            }
        }
    }

    private String sequence(String key, JsonParser parser) throws IOException {
        List<String> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken().isScalarValue()) {
                items.add(parser.getText());
            } else {
                problems.add(problem(key, "", parser, "plain values in a list", "flatten it"));
                parser.skipChildren();
            }
        }
        return String.join(",", items);
    }

    private void add(String key, String value, JsonParser parser) {
        for (Entry earlier : entries) {
            if (earlier.key().equals(key)) {
                problems.add(
                        problem(
                                key,
                                value,
                                parser,
                                "each key once; also at " + earlier.origin(),
                                "drop one of them"));
                return;
            }
        }
        entries.add(new Entry(key, value, at(parser), rank));
    }

    private SettingsProblem problem(
            String key, String given, JsonParser parser, String expected, String remedy) {
        return new SettingsProblem(key.isEmpty() ? name : key, given, at(parser), expected, remedy);
    }

    private String at(JsonParser parser) {
        return name + ":" + parser.currentTokenLocation().getLineNr();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("unreadable");
    }
}
