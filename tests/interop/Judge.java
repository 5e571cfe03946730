import java.io.File;
import java.io.FileInputStream;
import java.io.InputStream;
import java.security.cert.CRL;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Judges every folder below the first argument by PKIX with revocation, as a TLS client; prints "name verdict". */
public class Judge {
    public static void main(String[] arguments) throws Exception {
        File[] folders = new File(arguments[0]).listFiles(File::isDirectory);
        Arrays.sort(folders);
        for (File folder : folders) {
            System.out.println(folder.getName() + " " + verdict(folder));
        }
    }

    private static String verdict(File folder) {
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            X509Certificate root;
            List<Certificate> path;
            List<Object> known = new ArrayList<>();
            try (InputStream in = new FileInputStream(new File(folder, "root.pem"))) {
                root = (X509Certificate) factory.generateCertificate(in);
            }
            try (InputStream in = new FileInputStream(new File(folder, "path.pem"))) {
                path = new ArrayList<>(factory.generateCertificates(in));
            }
            try (InputStream in = new FileInputStream(new File(folder, "crl.pem"))) {
                for (CRL crl : factory.generateCRLs(in)) {
                    known.add(crl);
                }
            }
            path.remove(root);
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(known)));
            parameters.setRevocationEnabled(true);
            X509CertSelector client = new X509CertSelector();
            client.setExtendedKeyUsage(Set.of("1.3.6.1.5.5.7.3.2"));
            client.setKeyUsage(new boolean[] {true});
            parameters.setTargetCertConstraints(client);
            CertPathValidator.getInstance("PKIX").validate(factory.generateCertPath(path), parameters);
            return "VALID";
        } catch (CertPathValidatorException error) {
            return error.getReason().toString();
        } catch (Exception error) {
            return error.getClass().getSimpleName();
        }
    }
}
