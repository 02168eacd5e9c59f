from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "zhengwu.kernel.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhengwu.kernel.directory import tasks  # noqa: F401 - declares the periodic work
        from zhengwu.kernel.directory.roles import Role
        from zhengwu.ui.registry import navigation

        keepers = {Role.SYSADMIN, Role.SECADMIN}
        navigation.add("desk", "单位", "directory:units", roles={Role.SYSADMIN}, order=10, group="系统管理")
        navigation.add("desk", "岗位任职", "directory:posts", roles={Role.SECADMIN}, order=10, group="安全管理")
        navigation.add("desk", "账号", "directory:accounts", roles=keepers, order=20, group="账号")
        navigation.add("desk", "存证账本", "directory:ledger", roles={Role.AUDITOR}, order=10, group="审计")
        navigation.add("desk", "我的岗位", "directory:account", roles=set(Role), order=900, group="本人")
