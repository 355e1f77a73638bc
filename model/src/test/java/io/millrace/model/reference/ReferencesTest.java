package io.millrace.model.reference;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.model.image.Decoding.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real server and real files. */
class ReferencesTest {

    private static final int MAX_BYTES = 1 << 20;
    private static final byte[] IMAGE = new byte[300_000];

    static {
        new Random(5).nextBytes(IMAGE);
    }

    @TempDir private Path directory;
    private Path photos;
    private ImageServer server;
    private String base;

    @BeforeEach
    void start() throws IOException {
        photos = Files.createDirectories(directory.resolve("photos"));
        server = new ImageServer(IMAGE);
        base = server.base();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void resolve_givesTheBytes_ofAServerAndOfAFile() throws Exception {
        Path file = Files.write(photos.resolve("a b.jpg"), IMAGE);

        for (String uri : List.of(base + "/images/1.jpg?size=full", file.toUri().toString())) {
            assertThat(resolve(uri))
                    .isInstanceOfSatisfying(
                            Resolution.Resolved.class,
                            resolved -> assertThat(resolved.bytes()).isEqualTo(IMAGE));
        }
    }

    @Test
    void resolve_comparesHostsWithoutCase() throws Exception {
        String port = base.substring(base.lastIndexOf(':'));
        var references = references(List.of("HTTP://LocalHost" + port + "/images/"));

        assertThat(references.resolve(value("http://localhost" + port + "/images/1.jpg")))
                .isInstanceOf(Resolution.Resolved.class);
    }

    @Test
    void resolve_triesAgain_whenAServerFailsForAWhile() throws Exception {
        assertThat(resolve(base + "/images/flaky")).isInstanceOf(Resolution.Resolved.class);
        assertThat(server.asked()).isEqualTo(3);
    }

    @Test
    void resolve_givesUp_whenAServerKeepsFailing() throws Exception {
        assertRejected(Reason.REFERENCE_UNAVAILABLE, base + "/images/broken", "500");
        assertThat(server.asked()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"slow", "silent"})
    void resolve_givesUp_whenAServerIsSlow(String name) throws Exception {
        assertRejected(Reason.REFERENCE_UNAVAILABLE, base + "/images/" + name, "within 400 ms");
    }

    @Test
    void resolve_givesUp_whenNobodyListens() throws Exception {
        server.close();

        assertRejected(Reason.REFERENCE_UNAVAILABLE, base + "/images/1.jpg", "cannot read");
    }

    @Test
    void resolve_asksOnce_whenAServerRefuses() throws Exception {
        assertRejected(Reason.REFERENCE_MISSING, base + "/images/none", "404");
        assertRejected(Reason.REFERENCE_REFUSED, base + "/images/forbidden", "403");
        assertRejected(Reason.REFERENCE_REFUSED, base + "/images/moved", "302", "not followed");
        assertThat(server.asked()).isEqualTo(3);
    }

    @Test
    void resolve_hangsUp_whenMoreComesThanWasSaid() throws Exception {
        assertRejected(Reason.REFERENCE_LENGTH, base + "/images/endless", "300000 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 299_999, 300_001})
    void resolve_comparesTheLength(int length) throws Exception {
        Path file = Files.write(photos.resolve("a.jpg"), IMAGE);

        for (String uri : List.of(base + "/images/1.jpg", file.toUri().toString())) {
            assertRejected(
                    Reason.REFERENCE_LENGTH,
                    references(allowed()).resolve(value(uri, length, sha256())),
                    "expected " + length + " bytes");
        }
    }

    @Test
    void resolve_comparesTheSha256() throws Exception {
        Path file = Files.write(photos.resolve("a.jpg"), IMAGE);

        for (String uri : List.of(base + "/images/1.jpg", file.toUri().toString())) {
            assertRejected(
                    Reason.REFERENCE_SHA256,
                    references(allowed()).resolve(value(uri, IMAGE.length, "0".repeat(64))),
                    "expected SHA-256 000",
                    sha256());
        }
    }

    @Test
    void resolve_asksNobody_whenTheDeclaredLengthIsTooLarge() throws Exception {
        String value = value(base + "/images/1.jpg", MAX_BYTES + 1L, sha256());

        assertRejected(
                Reason.TOO_MANY_BYTES, references(allowed()).resolve(value), "at most 1048576");
        assertThat(server.asked()).isEqualTo(0);
    }

    @Test
    void resolve_refusesAFile_thatIsMissingOrAFolder() throws Exception {
        Files.createDirectories(photos.resolve("folder"));

        assertRejected(Reason.REFERENCE_MISSING, uri("none.jpg"), "there is no file");
        assertRejected(Reason.REFERENCE_MISSING, uri("folder"), "expected a file");
    }

    @Test
    void resolve_followsLinks_onlyBelowAnAllowedFolder() throws Exception {
        Files.write(photos.resolve("a.jpg"), IMAGE);
        Files.createSymbolicLink(photos.resolve("inside"), Path.of("a.jpg"));
        Path secret = Files.write(directory.resolve("secret"), IMAGE);
        Files.createSymbolicLink(photos.resolve("outside"), secret);
        Files.createSymbolicLink(photos.resolve("up"), directory);

        assertThat(resolve(uri("inside"))).isInstanceOf(Resolution.Resolved.class);
        assertRejected(Reason.REFERENCE_NOT_ALLOWED, uri("outside"), "outside the allowed");
        assertRejected(Reason.REFERENCE_NOT_ALLOWED, uri("up/secret"), "outside the allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BASE/other/1.jpg",
                "BASE/images",
                "BASE/images/",
                "BASE/images/../other/1.jpg",
                "BASE/images/%2e%2e/other/1.jpg",
                "BASE/images/.%2E/other/1.jpg",
                "BASE/images/..;x/other/1.jpg",
                "BASE/images/..%2fother",
                "BASE/images/%252e%252e/other",
                "BASE/images/..%5cother",
                "BASE/images/1.jpg%00.png",
                "BASE/images/1.jpg#part",
                "BASE.example.com/images/1.jpg",
                "http://user@127.0.0.1/images/1.jpg",
                "http://127.0.0.1/images/1.jpg",
                "http://[::1]/images/1.jpg",
                "https:images/1.jpg",
                "ftp://127.0.0.1/images/1.jpg",
                "jar:file:///data/a.jar!/1.jpg",
                "images/1.jpg",
                "//127.0.0.1/images/1.jpg",
                "file:///etc/hostname",
                "file://127.0.0.1/etc/hostname",
                "FILES../secret",
                "FILES%2e%2e/secret",
                "FILESa.jpg?query"
            })
    void resolve_opensNothing_thatIsNotAllowed(String uri) throws Exception {
        Files.write(directory.resolve("secret"), IMAGE);
        Files.write(photos.resolve("a.jpg"), IMAGE);

        assertRejected(
                Reason.REFERENCE_NOT_ALLOWED,
                uri.replace("BASE", base).replace("FILES", photos.toUri().toString()),
                "is not allowed");
        assertThat(server.asked()).isEqualTo(0);
    }

    /** By rules that are impatient, with text for bytes. */
    private record Impatient(References references) {
        Resolution resolve(String value) throws InterruptedException {
            assertThat(References.isReference(value.getBytes(UTF_8))).isTrue();
            return references.resolve(value.getBytes(UTF_8));
        }
    }

    private static Impatient references(List<String> allowed) {
        var rules = new ReferenceRules(allowed, Duration.ofMillis(400), 3, Duration.ofMillis(10));
        return new Impatient(new References(rules, MAX_BYTES));
    }

    private List<String> allowed() {
        return List.of(base + "/images/", photos.toUri().toString());
    }

    private Resolution resolve(String uri) throws Exception {
        return references(allowed()).resolve(value(uri));
    }

    private String uri(String name) {
        return photos.toUri() + name;
    }

    private static String value(String uri) throws Exception {
        return value(uri, IMAGE.length, sha256());
    }

    private static String value(String uri, long length, String sha256) {
        return "{\"uri\": \"%s\", \"length\": %d, \"sha256\": \"%s\"}"
                .formatted(uri, length, sha256);
    }

    private static String sha256() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(IMAGE));
    }

    private void assertRejected(Reason reason, String uri, String... details) throws Exception {
        assertRejected(reason, resolve(uri), details);
    }

    private static void assertRejected(Reason reason, Resolution resolution, String... details) {
        assertThat(resolution)
                .isInstanceOfSatisfying(
                        Resolution.Unresolved.class,
                        unresolved -> {
                            assertThat(unresolved.rejected().reason()).isEqualTo(reason);
                            assertThat(unresolved.rejected().detail()).contains(details);
                        });
    }
}
