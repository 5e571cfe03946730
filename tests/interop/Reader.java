import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;

/** Says of each file how many certificates Java reads in it, or, with a passphrase, whether it opens the keystore. */
public class Reader {
    public static void main(String[] arguments) throws Exception {
        char[] passphrase = arguments[0].isEmpty() ? null : arguments[0].toCharArray();
        for (int n = 1; n < arguments.length; n++) {
            System.out.println(passphrase == null ? count(arguments[n]) : opened(arguments[n], passphrase));
        }
    }

    private static int count(String file) {
        try (FileInputStream in = new FileInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in).size();
        } catch (Exception error) {
            return 0;
        }
    }

    private static int opened(String file, char[] passphrase) {
        try (FileInputStream in = new FileInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, passphrase);
            String alias = store.aliases().nextElement();
            return store.getKey(alias, passphrase) != null && store.getCertificate(alias) != null ? 1 : 0;
        } catch (Exception error) {
            return 0;
        }
    }
}
