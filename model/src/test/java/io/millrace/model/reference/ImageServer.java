package io.millrace.model.reference;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A web server with one image and many faults. */
final class ImageServer implements AutoCloseable {

    private final byte[] image;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();

    ImageServer(byte[] image) throws IOException {
        this.image = image;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    String base() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Requests so far. */
    int asked() {
        return asked.get();
    }

    @Override
    public void close() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        try (exchange) {
            switch (exchange.getRequestURI().getPath()) {
                case "/images/1.jpg" -> answer(exchange, 200);
                case "/images/flaky" -> answer(exchange, asked.get() < 3 ? 503 : 200);
                case "/images/broken" -> answer(exchange, 500);
                case "/images/forbidden" -> answer(exchange, 403);
                case "/images/moved" -> {
                    exchange.getResponseHeaders().add("Location", base() + "/images/1.jpg");
                    answer(exchange, 302);
                }
                case "/images/endless" -> {
                    exchange.sendResponseHeaders(200, 0);
                    while (over.getCount() > 0) {
                        exchange.getResponseBody().write(image);
                    }
                }
                case "/images/slow" -> {
                    exchange.sendResponseHeaders(200, image.length);
                    exchange.getResponseBody().write(image, 0, 1000);
                    exchange.getResponseBody().flush();
                    over.await();
                }
                case "/images/silent" -> over.await();
                default -> answer(exchange, 404);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, image.length);
        exchange.getResponseBody().write(image);
    }
}
