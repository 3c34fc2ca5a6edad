"""Versions are written by the web, for the DPO; the worker reads them and writes none."""

from emsar.audit.roles import narrow
from policies.models import Policy, PolicyPublication, PolicyText, PolicyVersion

# Policies themselves come with their documents; publishing locks the row of one.
narrow(Policy, web="SELECT, UPDATE", worker="SELECT")
narrow(PolicyVersion, web="SELECT, INSERT, UPDATE", worker="SELECT")
narrow(PolicyText, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT")
narrow(PolicyPublication, web="SELECT, INSERT", worker="SELECT")
