from policies.admin.versions import PolicyVersionAdmin

__all__ = ["PolicyVersionAdmin"]
