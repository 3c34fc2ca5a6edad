from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class NoUploads(FileUploadHandler):
    """Refuses files before a byte of them is kept: no form of the site takes one.

    Without it Django would write a file of any size to the disk of the server, unasked (E-3.1h).
    """

    def new_file(self, *args: object, **kwargs: object) -> None:
        raise RequestDataTooBig("files are not taken")
