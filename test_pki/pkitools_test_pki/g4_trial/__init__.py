"""Exchange with the official G4 TRIAL generator, github.com/pkioverheid/g4-trial: no user of it has to start again.

* :mod:`~pkitools_test_pki.g4_trial.trial_yaml` reads its enrolment files: the same certificate, issued here.
* :mod:`~pkitools_test_pki.g4_trial.importing` takes over a hierarchy it made, to issue and revoke on in it.
* :mod:`~pkitools_test_pki.g4_trial.exporting` writes a hierarchy of ours the way it keeps its own.

::

    config.yaml                the addresses in the certificates
    ca/certs/NAME.cer          every certificate, DER; NAME.pem with its chain where asked for
    ca/private/NAME.key        every private key, PKCS#8 in PEM
    ca/crl/NAME.crl            the newest CRL of each authority, DER
    ca/events.txt              what was issued and which CRLs were signed
    revocations/NAME.yaml      what the next CRL of each authority is to list

NAME of an authority is its CN without what is not alphanumeric; of an end entity it is that of the enrolment file.
Reading YAML needs the extra ``pkitools-nl[g4-trial]``.
"""
