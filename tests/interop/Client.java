import java.io.FileInputStream;
import java.io.InputStream;
import java.net.URL;
import java.security.KeyStore;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A TLS client with a keystore and a trust store: URL, keystore, trust store; their passphrase is in PASSPHRASE. */
public class Client {
    public static void main(String[] arguments) throws Exception {
        char[] passphrase = System.getenv("PASSPHRASE").toCharArray();
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(opened(arguments[1], passphrase), passphrase);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(opened(arguments[2], passphrase));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        HttpsURLConnection connection = (HttpsURLConnection) new URL(arguments[0]).openConnection();
        connection.setSSLSocketFactory(context.getSocketFactory());
        try (InputStream in = connection.getInputStream()) {
            System.out.println(new String(in.readAllBytes()));
        }
    }

    private static KeyStore opened(String name, char[] passphrase) throws Exception {
        KeyStore store = KeyStore.getInstance("JKS"); // how old programs ask for it; what it is, is PKCS#12
        try (InputStream in = new FileInputStream(name)) {
            store.load(in, passphrase);
        }
        return store;
    }
}
