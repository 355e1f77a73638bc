package io.millrace.model.torch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * TorchScript archives written from Java: the form of PyTorch's {@code torch.jit.save}, a zip of
 * source text and pickles.
 *
 * <p>Methods are kept to one operation each, so that the interpreter has nothing to fuse and the
 * first call computes the same bits as the thousandth.
 */
final class TorchScript {

    /** Protocol-2 pickle of the empty tuple: no constants. */
    private static final String CONSTANTS = "\u0080\u0002).";

    /** Protocol-2 pickle of an object of class Operations with the state {'training': True}. */
    private static final String OBJECT =
            "\u0080\u0002c__torch__\nOperations\nq\0)\u0081}"
                    + "(X\u0008\0\0\0trainingq\u0001\u0088ubq\u0002.";

    private TorchScript() {}

    /**
     * Returns an archive of one module without parameters.
     *
     * @param methods in TorchScript's serialised form, each indented by two blanks, naming the
     *     module's type {@code __torch__.Operations}
     */
    static byte[] archive(String methods) {
        String code =
                "class Operations(Module):\n"
                        + "  __parameters__ = []\n"
                        + "  __buffers__ = []\n"
                        + "  training : bool\n"
                        + methods;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            write(zip, "version", "3\n");
            write(zip, "constants.pkl", CONSTANTS);
            write(zip, "data.pkl", OBJECT);
            write(zip, "code/__torch__.py", code);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private static void write(ZipOutputStream zip, String name, String content) throws IOException {
        ZipEntry entry = new ZipEntry("operations/" + name);
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content.getBytes(ISO_8859_1));
        zip.closeEntry();
    }
}
